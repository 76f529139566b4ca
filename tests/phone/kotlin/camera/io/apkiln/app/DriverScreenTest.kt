package io.apkiln.app

import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.settings.DelegateSettings
import io.apkiln.app.tuning.Acceleration
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Trial
import java.util.concurrent.CountDownLatch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog

/** What the screen and the log say of libraries and drivers that do not work. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class DriverScreenTest {
    @get:Rule
    val ended = EndedActivities()

    private val app get() = RuntimeEnvironment.getApplication() as GpuApp

    private fun start(): ActivityController<MainActivity> {
        allowCamera()
        return Robolectric.buildActivity(MainActivity::class.java).setup().also { Screen(it.get()).layOut() }
    }

    @Test
    fun aLibraryThatCantBeLoadedIsSaid() {
        app.isLinked = false
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus(app.getString(R.string.status_library_failed, "dlopen failed: 4096 is no page of 16384"))
        val logged = ShadowLog.getLogsForTag(LogTag.MODEL).single()
        assertTrue("${logged.throwable}", logged.throwable.cause is UnsatisfiedLinkError)
    }

    @Test
    fun aGpuThatDoesNotComeBackIsSaid() {
        app.gate = CountDownLatch(1)
        val activity = start()
        activity.get().analyzer.handler.post { activity.get().analyzer.analyze(RedSquare(0.5, 0.5)) }
        activity.awaitStatus(app.getString(R.string.status_stuck, app.getString(R.string.delegate_gpu)))
        app.gate.countDown()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus(app.getString(R.string.delegate_gpu))
    }

    @Test
    fun whetherAccelerationHelpsIsOneSentence() {
        fun words(vararg ms: Pair<String, Double>): String? {
            val trials = ms.map { (key, ms) -> Trial(checkNotNull(Candidate.of(key)), Outcome.Measured(ms)) }
            return Acceleration.of(trials)?.let { accelerationText(app.resources, it) }
        }
        assertEquals("GPU: 2.3 × as fast as CPU, 4 threads", words("cpu1" to 9.0, "cpu4" to 4.6, "gpu" to 2.0, "nnapi" to 3.0))
        assertEquals("GPU, 32 bits takes 1.4 × as long as CPU, 2 threads", words("cpu1" to 9.0, "cpu2" to 5.0, "gpu_32" to 7.0))
        assertEquals("GPU is no faster than CPU, 1 thread", words("cpu1" to 1.0, "gpu" to 0.96))
        assertEquals("GPU is no faster than CPU, 1 thread", words("cpu1" to 1.0, "gpu" to 1.03))
        assertNull("nothing to compare", words("cpu1" to 1.0, "cpu2" to 2.0))
        RuntimeEnvironment.setQualifiers("ko")
        assertEquals("GPU: CPU, 스레드 4개보다 2.3배 빠름", words("cpu4" to 4.6, "gpu" to 2.0))
    }

    @Test
    fun aGpuThatTheLibraryDoesNotListIsTriedAndLogged() {
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GPU")
        awaitOnMain("the library was asked") { DelegateSettings(app).isGpuListed == false }
        assertEquals(emptyList<ShadowLog.LogItem>(), ShadowLog.getLogsForTag(LogTag.DELEGATE))
        app.lost = true
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GL context is gone")
        assertEquals("GL context is gone", ShadowLog.getLogsForTag(LogTag.DELEGATE).single().throwable.message)
    }
}
