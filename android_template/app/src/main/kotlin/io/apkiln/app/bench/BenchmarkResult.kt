package io.apkiln.app.bench

import android.util.Log
import io.apkiln.app.LogTag

/** The result of a benchmark; what it did not get to is null or empty. Times are in milliseconds. */
class BenchmarkResult {
    /** What its caller calls this run; null if it does not. */
    var runId: String? = null
    var initMs: Double? = null
    var firstMs: Double? = null
    val warmupMs = ArrayList<Double>()
    val runsMs = ArrayList<Double>()

    /** Frame or sample → input, inference, decoding. */
    val frameMs = ArrayList<Double>()
    var frame: String? = null

    /** One a second of a sustained run. */
    val sustained = ArrayList<Moment>()

    /** Largest difference from the CPU's answer, as a share of its range; null for the CPU itself. */
    var difference: Double? = null
    var memory: List<Memory> = emptyList()

    /** The most memory that the process held at once; null if the system does not tell. */
    var peakBytes: Long? = null
    var thermalBefore: String? = null
    var thermalAfter: String? = null
    var delegation: Delegation? = null
    var error: BenchmarkError? = null
}

/** The memory of the process at a [moment]: its share of the phone's memory, and what native code has allocated. */
class Memory(val moment: String, val pssBytes: Long, val nativeHeapBytes: Long)

/** A second of a sustained run: the median [ms] of its inferences, thermal status and battery temperature. */
class Moment(val atS: Double, val ms: Double, val thermal: String?, val temperatureC: Double?)

/** What went wrong, and at which stage: request, model, init, run, frame, sustained or difference. */
class BenchmarkError(val stage: String, val type: String, val message: String) {
    companion object {
        /** What [error] says; its cause goes to the log. */
        fun of(stage: String, error: Throwable): BenchmarkError {
            Log.w(LogTag.BENCHMARK, "failed at $stage", error)
            return BenchmarkError(stage, error.javaClass.simpleName, error.message.orEmpty())
        }
    }
}

/** The middle one, or the mean of the two in the middle; there is at least one. */
fun List<Double>.median(): Double = sorted().let { (it[(it.size - 1) / 2] + it[it.size / 2]) / 2 }
