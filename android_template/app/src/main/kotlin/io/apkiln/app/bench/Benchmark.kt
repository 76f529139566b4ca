package io.apkiln.app.bench

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.tuning.Agreement
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor

/** What a benchmark needs to know about the phone. */
interface BenchmarkPhone {
    fun memory(moment: String): Memory

    /** The thermal status in Android's terms; null if the phone does not report it. */
    fun thermal(): String?

    /** Temperature of the battery in degrees Celsius; null if the phone does not report it. */
    fun temperatureC(): Double?

    /** The most memory that this process held at once; null if the system does not tell. */
    fun peakBytes(): Long?

    /** Whether the app is in the foreground, as it must be. */
    val inFront: Boolean
}

/** Measures one model on one candidate, on a thread of its own. [onProgress] gets stage, done and total. */
class Benchmark(
    private val start: (Candidate) -> ModelRunner,
    private val makeWork: (ModelContract, ModelRunner) -> FrameWork,
    private val phone: BenchmarkPhone,
    private val onProgress: (String, Int, Int) -> Unit,
    private val nanoTime: () -> Long = System::nanoTime,
) {
    private class LeftFront : IllegalStateException("the app did not stay in front")

    private var stage = "init"
    private var open: ModelRunner? = null

    /** Fills [result]; errors go into its error, and what was measured before them stays. */
    fun run(request: BenchmarkRequest, result: BenchmarkResult) {
        result.thermalBefore = phone.thermal()
        try {
            measure(request, result)
        } catch (error: RuntimeException) { // drivers throw all kinds
            result.error = BenchmarkError.of(stage, error)
        } catch (error: LinkageError) {
            result.error = BenchmarkError.of(stage, error)
        }
        result.thermalAfter = phone.thermal()
        result.peakBytes = phone.peakBytes()
    }

    /** Closes the model; on some phones that ends the app. */
    fun close() {
        open?.close()
        open = null
    }

    private fun measure(request: BenchmarkRequest, result: BenchmarkResult) {
        stage = "init"
        val memory = arrayListOf(phone.memory("before"))
        result.memory = memory
        onProgress(stage, 0, 1)
        val before = nanoTime()
        val runner = start(request.candidate).also { open = it }
        result.initMs = since(before)
        memory += phone.memory("after_init")
        stage = "run"
        val work = makeWork(request.model, runner)
        result.frame = work.what
        result.firstMs = timed { runner.run(work.input) }
        repeat(request.warmupRuns) { result.warmupMs += timed { runner.run(work.input) } }
        if (request.sustainedSeconds > 0) {
            stage = "sustained"
            sustained(request, result) { runner.run(work.input) }
            return
        }
        repeated(request, result.runsMs) { runner.run(work.input) }
        memory += phone.memory("after_runs")
        stage = "frame"
        repeated(request, result.frameMs) { work.frame() }
        stage = "difference"
        if (request.candidate.processor != Processor.CPU) result.difference = difference(request, runner, work)
    }

    private fun repeated(request: BenchmarkRequest, times: MutableList<Double>, action: () -> Unit) {
        val begin = nanoTime()
        while (times.size < request.runs || since(begin) < MILLIS * request.minSeconds && times.size < MOST_RUNS) {
            if (!phone.inFront) throw LeftFront()
            times += timed(action)
            if (times.size % PROGRESS_RUNS == 0) onProgress(stage, times.size, request.runs)
        }
    }

    /** Runs without a pause, and keeps the median of every second. */
    private fun sustained(request: BenchmarkRequest, result: BenchmarkResult, action: () -> Unit) {
        val begin = nanoTime()
        val endMs = MILLIS * request.sustainedSeconds
        val times = ArrayList<Double>()
        var second = begin
        while (since(begin) < endMs || result.sustained.isEmpty()) {
            if (!phone.inFront) throw LeftFront()
            times += timed(action)
            if (since(second) < MILLIS) continue
            result.sustained += Moment((second - begin) / 1e9, times.median(), phone.thermal(), phone.temperatureC())
            onProgress(stage, result.sustained.size, request.sustainedSeconds.toInt())
            times.clear()
            second = nanoTime()
        }
    }

    private fun difference(request: BenchmarkRequest, runner: ModelRunner, work: FrameWork): Double {
        val agreement = Agreement(request.model)
        val cpu = start(Candidate.cpu(1))
        try {
            agreement.setExact(cpu.run(work.input))
        } finally {
            cpu.close()
        }
        return agreement.difference(runner.run(work.input)).toDouble()
    }

    private inline fun timed(action: () -> Unit): Double {
        val before = nanoTime()
        action()
        return since(before)
    }

    private fun since(before: Long): Double = (nanoTime() - before) / 1e6

    private companion object {
        const val MILLIS = 1000
        const val PROGRESS_RUNS = 10
        const val MOST_RUNS = 1_000_000
    }
}
