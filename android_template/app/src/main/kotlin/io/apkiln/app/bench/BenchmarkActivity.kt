package io.apkiln.app.bench

import android.content.Intent
import android.os.Bundle
import android.util.Log
import android.widget.TextView
import androidx.appcompat.app.AppCompatActivity
import io.apkiln.app.LogTag
import io.apkiln.app.ModelApp
import io.apkiln.app.R
import io.apkiln.app.candidateText
import io.apkiln.app.drawBehindSystemBars
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.openModel
import io.apkiln.app.settings.DelegateSettings
import io.apkiln.app.tuning.Candidate
import java.io.File
import java.io.IOException
import java.util.concurrent.atomic.AtomicBoolean
import org.json.JSONObject

/**
 * Measures a model with the app's own code, in the foreground, and writes a JSON file. Started through `adb`.
 *
 * Extras: model, variant, delegate, name, run_id (strings), threads, warmup_runs, num_runs (ints), min_seconds, sustained_s
 * (floats), cold (boolean). The file is `benchmark/NAME.json` in the app's external files folder; it repeats run_id, by which
 * its reader tells it from an older one. A sustained run leaves `NAME-so-far.json` every few seconds: what is known if it dies.
 */
class BenchmarkActivity : AppCompatActivity() {
    private lateinit var text: TextView
    private lateinit var title: TextView

    @Volatile
    private var inFront = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_benchmark)
        drawBehindSystemBars(findViewById(R.id.benchmark_root), darkBehind = false)
        title = findViewById(R.id.benchmark_title)
        text = findViewById(R.id.benchmark_text)
    }

    /** Another `am start` while this is in front; [onResume] follows. */
    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
    }

    /** Starts in the foreground only: a phone that has to wake up takes a moment. */
    override fun onResume() {
        super.onResume()
        inFront = true
        if (intent.getBooleanExtra(DONE, false)) return
        intent.putExtra(DONE, true)
        val asked = intent
        Thread({ measure(asked) }, "benchmark").start()
    }

    override fun onPause() {
        inFront = false
        super.onPause()
    }

    private fun measure(intent: Intent) {
        val startedAtMs = System.currentTimeMillis()
        val result = BenchmarkResult()
        val wanted = intent.getStringExtra("name") ?: DEFAULT_NAME
        val name = if (NAME.matches(wanted)) wanted else DEFAULT_NAME
        val runId = intent.getStringExtra("run_id")
        result.runId = runId?.takeIf(NAME::matches)
        val alone = running.compareAndSet(false, true)
        val request = try {
            require(alone) { "another benchmark is running" }
            require(name == wanted) { "name $wanted is none of letters, digits, - and _" }
            require(runId == result.runId) { "run_id $runId is none of letters, digits, - and _" }
            requestIn(intent)
        } catch (error: IllegalArgumentException) {
            result.error = BenchmarkError.of("request", error)
            null
        }
        val json = BenchmarkJson(this, (application as ModelApp).runtime.name)
        val save = { file: String -> write(json.write(request, result, startedAtMs), file) }
        val benchmark = request?.let { fill(it, result, startedAtMs) { save("$name$SO_FAR") } }
        val file = save(name)
        if (alone) file.resolveSibling("$name$SO_FAR.json").delete()
        benchmark?.close() // may end the app, so the file comes first
        if (alone) running.set(false)
        runOnUiThread { showEnd(result, file) }
    }

    private fun fill(request: BenchmarkRequest, result: BenchmarkResult, startedAtMs: Long, saveSoFar: () -> Unit): Benchmark? {
        show(getString(R.string.benchmark_title, request.model.name, candidateText(resources, request.candidate)), null)
        val content = try {
            openModel(this, request.model)
        } catch (error: IllegalStateException) {
            result.error = BenchmarkError.of("model", error)
            return null
        } catch (error: IOException) {
            result.error = BenchmarkError.of("model", error)
            return null
        }
        val app = application as ModelApp
        val settings = DelegateSettings(app)
        if (request.cold) settings.forgetKernels()
        val kernels = settings.kernels(request.model)
        val start = { candidate: Candidate -> app.runtime.start(content.duplicate(), request.model, candidate, kernels) }
        val words = if (request.sustainedSeconds > 0) R.string.benchmark_seconds else R.string.benchmark_progress
        val progress = { stage: String, done: Int, all: Int ->
            show(null, getString(words, done, all))
            if (stage == "sustained" && done % SAVED_SECONDS == 0) {
                try {
                    saveSoFar()
                } catch (error: IOException) { // a full disk is no reason to stop measuring
                    Log.w(LogTag.BENCHMARK, "nothing saved so far", error)
                }
            }
        }
        val benchmark = Benchmark(start, ::makeWork, AndroidPhone(this) { inFront }, progress)
        benchmark.run(request, result)
        result.delegation = AndroidPhone.delegation(request.candidate.processor, startedAtMs)
        return benchmark
    }

    private fun requestIn(intent: Intent) = BenchmarkRequest.of(
        models = ModelContracts.all,
        variants = ModelContracts::variants,
        model = intent.getStringExtra("model"),
        variant = intent.getStringExtra("variant"),
        delegate = intent.getStringExtra("delegate"),
        threads = intent.getIntExtra("threads", 1),
        warmupRuns = intent.getIntExtra("warmup_runs", BenchmarkRequest.WARMUP_RUNS),
        runs = intent.getIntExtra("num_runs", BenchmarkRequest.RUNS),
        minSeconds = intent.getFloatExtra("min_seconds", 0f).toDouble(),
        cold = intent.getBooleanExtra("cold", false),
        sustainedSeconds = intent.getFloatExtra("sustained_s", 0f).toDouble(),
    )

    /** Atomic: whoever waits for the file must not read half of it. */
    private fun write(json: JSONObject, name: String): File {
        val folder = (getExternalFilesDir(FOLDER) ?: filesDir.resolve(FOLDER)).apply { mkdirs() }
        val file = folder.resolve("$name.json")
        val part = folder.resolve("$name.json.part")
        part.writeText(json.toString(1))
        check(part.renameTo(file)) { "$file can't be written" }
        return file
    }

    private fun show(newTitle: String?, newText: String?) = runOnUiThread {
        newTitle?.let { title.text = it }
        newText?.let { text.text = it }
    }

    private fun showEnd(result: BenchmarkResult, file: File) {
        val error = result.error
        val times = result.runsMs.ifEmpty { result.sustained.map { it.ms } }
        text.text = if (error != null) {
            getString(R.string.benchmark_failed, "${error.stage}: ${error.message}", file.path)
        } else {
            getString(R.string.benchmark_done, times.median(), times.size, file.path)
        }
    }

    private companion object {
        const val FOLDER = "benchmark"
        const val DEFAULT_NAME = "benchmark"
        const val SO_FAR = "-so-far"
        const val SAVED_SECONDS = 5

        /** Marks an intent that was handled: the activity may be resumed again. */
        const val DONE = "io.apkiln.app.done"
        val NAME = Regex("[A-Za-z0-9_-]{1,80}")

        /** Only one at a time: two would slow each other down. */
        val running = AtomicBoolean(false)
    }
}
