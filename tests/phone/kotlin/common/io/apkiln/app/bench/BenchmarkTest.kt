package io.apkiln.app.bench

import android.content.Intent
import android.os.BatteryManager
import android.os.Looper
import android.os.PowerManager
import android.widget.TextView
import io.apkiln.app.LogTag
import io.apkiln.app.ModelApp
import io.apkiln.app.R
import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.KernelCache
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowLog

/** Models on this machine's TensorFlow Lite; the run numbered [breaksAt] breaks, and each waits for [gate]. */
class BreakableApp : ModelApp() {
    var breaksAt = Int.MAX_VALUE
    var gate = CountDownLatch(0)
    var onRun: (Int) -> Unit = {}
    var onClose: () -> Unit = {}
    private var runs = 0

    override val runtime: ModelRuntime = object : ModelRuntime by DesktopRunner {
        override fun start(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): ModelRunner {
            val runner = DesktopRunner.start(model, contract, candidate, kernels)
            return object : ModelRunner by runner {
                override fun run(input: ByteBuffer): List<ByteBuffer> {
                    gate.await()
                    onRun(runs)
                    check(runs++ < breaksAt) { "lost" }
                    return runner.run(input)
                }

                override fun close() {
                    onClose()
                    runner.close()
                }
            }
        }
    }
}

/** The activity as `adb shell am start` starts it; its files go where Python reads them. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = BreakableApp::class, qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
class BenchmarkTest {
    private val out = File(System.getProperty("apkiln.out"))
    private val app get() = RuntimeEnvironment.getApplication() as BreakableApp
    private val folder get() = checkNotNull(app.getExternalFilesDir("benchmark"))

    private fun start(name: String, change: Intent.() -> Unit): ActivityController<BenchmarkActivity> {
        val intent = Intent(app, BenchmarkActivity::class.java)
            .putExtra("name", name).putExtra("warmup_runs", 3).putExtra("num_runs", 20).apply(change)
        return Robolectric.buildActivity(BenchmarkActivity::class.java, intent).setup()
    }

    private fun written(name: String) {
        val file = folder.resolve("$name.json")
        awaitOnMain(file.name) { file.exists() }
        file.copyTo(out.resolve(file.name), overwrite = true)
    }

    private fun measure(name: String, change: Intent.() -> Unit = {}) {
        start(name, change)
        written(name)
    }

    private fun draw(activity: ActivityController<BenchmarkActivity>, name: String) {
        val text = activity.get().findViewById<TextView>(R.id.benchmark_text)
        awaitOnMain("the end is shown") { text.text.contains(".json") }
        Screen(activity.get()).draw(out.resolve("$name.png"))
    }

    @Test
    fun cpu() {
        val power = shadowOf(app.getSystemService(PowerManager::class.java))
        app.onRun = { if (it == 5) power.setCurrentThermalStatus(PowerManager.THERMAL_STATUS_SEVERE) }
        val activity = start("cpu2") { putExtra("delegate", "cpu").putExtra("threads", 2) }
        written("cpu2")
        draw(activity, "benchmark")
    }

    @Test
    fun time() = measure("timed") { putExtra("min_seconds", 0.2f) }

    @Test
    @Suppress("DEPRECATION") // Android's own broadcast about the battery is a sticky one
    fun sustained() {
        val power = shadowOf(app.getSystemService(PowerManager::class.java))
        power.setCurrentThermalStatus(PowerManager.THERMAL_STATUS_LIGHT)
        app.sendStickyBroadcast(Intent(Intent.ACTION_BATTERY_CHANGED).putExtra(BatteryManager.EXTRA_TEMPERATURE, 314))
        measure("sustained") { putExtra("sustained_s", 2.5f) }
    }

    @Test
    fun sustainedUntilItBreaks() {
        app.onRun = { if (it > 100) Thread.sleep(300) }
        app.breaksAt = 110
        measure("broken-sustained") { putExtra("sustained_s", 60f) }
    }

    @Test
    fun sustainedLeavesWhatItHasSoFar() {
        val soFar = folder.resolve("long-so-far.json")
        app.onRun = {
            Thread.sleep(1001)
            if (it == 7) soFar.copyTo(out.resolve(soFar.name), overwrite = true)
        }
        measure("long") { putExtra("sustained_s", 7f).putExtra("warmup_runs", 0) }
        assertFalse(soFar.exists())
    }

    @Test
    fun tooLong() = measure("too-long") { putExtra("sustained_s", 1e6f) }

    @Test
    fun coldForgetsWhatTheGpuCompiled() {
        val kernels = app.codeCacheDir.resolve("gpu-kernels").apply { mkdirs() }.resolve("one.bin").apply { writeText("kernel") }
        measure("warm") { putExtra("cold", false) }
        assertTrue(kernels.exists())
        measure("cold") { putExtra("cold", true) }
        assertFalse(kernels.exists())
    }

    @Test
    fun unknownModel() = measure("no-such-model") { putExtra("model", "other") }

    @Test
    fun unknownDelegate() = measure("no-such-delegate") { putExtra("delegate", "tpu") }

    @Test
    fun noThreads() = measure("no-threads") { putExtra("threads", 0) }

    @Test
    @Config(qualifiers = "ko-w360dp-h780dp-port-night-xxhdpi", fontScale = 2f)
    fun noGpu() {
        val activity = start("no-gpu") { putExtra("delegate", "gpu") }
        written("no-gpu")
        draw(activity, "benchmark-failed-large-korean")
    }

    @Test
    fun aNameThatIsAPath() {
        start("../../evil") {}
        written("benchmark")
    }

    @Test
    fun breaks() {
        app.breaksAt = 6
        measure("breaks")
    }

    @Test
    fun anotherAppComes() {
        app.gate = CountDownLatch(1)
        val activity = start("covered") {}
        activity.pause()
        app.gate.countDown()
        written("covered")
    }

    @Test
    fun twoAtOnce() {
        app.gate = CountDownLatch(1)
        start("first") {}
        awaitOnMain("the first one begins") { Thread.getAllStackTraces().keys.any { it.name == "benchmark" } }
        Thread.sleep(50)
        start("busy") {}
        written("busy")
        app.gate.countDown()
        awaitOnMain("the first one ends") { folder.resolve("first.json").exists() }
    }

    @Test
    fun aSecondStartWhileItIsInFrontMeasuresAgain() {
        val activity = start("one") { putExtra("run_id", "first-7") }
        written("one")
        awaitOnMain("the end is shown") { activity.get().findViewById<TextView>(R.id.benchmark_text).text.contains(".json") }
        val next = Intent(app, BenchmarkActivity::class.java)
            .putExtra("name", "two").putExtra("run_id", "second").putExtra("num_runs", 5)
        activity.pause().newIntent(next).resume()
        written("two")
    }

    @Test
    fun aSecondStartDoesNotDisturbTheFirst() {
        app.gate = CountDownLatch(1)
        val activity = start("undisturbed") {}
        activity.pause()
        app.gate.countDown()
        Thread.sleep(100)
        activity.newIntent(Intent(app, BenchmarkActivity::class.java).putExtra("name", "too-early")).resume()
        written("too-early")
        written("undisturbed")
    }

    @Test
    fun aRunIdThatIsAPath() {
        start("no-run-id") { putExtra("run_id", "a/b") }
        written("no-run-id")
    }

    @Test
    fun theFileIsThereBeforeTheModelIsClosed() {
        var isWritten = false
        app.onClose = { isWritten = folder.resolve("closing.json").exists() }
        measure("closing")
        awaitOnMain("the model's end") { isWritten }
    }

    @Test
    fun whatGoesWrongIsLogged() {
        app.breaksAt = 6
        measure("logged")
        val logged = ShadowLog.getLogsForTag(LogTag.BENCHMARK).map { it.throwable.message }
        assertTrue("$logged", "lost" in logged)
    }

    @Test
    fun resumedAgainItRestsContent() {
        val activity = start("once") {}
        awaitOnMain("once") { folder.resolve("once.json").exists() }
        folder.resolve("once.json").delete()
        activity.pause().resume()
        Thread.sleep(100)
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals(emptyList<String>(), folder.list().orEmpty().toList())
    }

    @Test
    fun theLogTellsWhatADelegateTook() {
        val log = listOf(
            "I/tflite: Replacing 64 out of 66 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 3 partitions for subgraph 0.",
            "I/tflite: Replacing 10 of 66 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 2 partitions for the whole graph.",
            "I/tflite: Replacing 65 out of 66 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 1 partitions for the whole graph.",
            "I/tflite: Initialized OpenCL-based API.",
        )
        assertEquals(Delegation(64, 66, 3), Delegation.read(log, Processor.CPU))
        assertEquals(Delegation(65, 66, 1), Delegation.read(log, Processor.GPU))
        assertNull(Delegation.read(log, Processor.NNAPI))
        assertNull(Delegation.read(emptyList(), Processor.GPU))
    }
}
