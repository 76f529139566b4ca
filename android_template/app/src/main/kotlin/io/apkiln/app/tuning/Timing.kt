package io.apkiln.app.tuning

import io.apkiln.app.model.ModelRunner
import java.nio.ByteBuffer

/** Times a runner on one input: some warm-up runs, then as many as a short time allows. */
class Timing(private val nanoTime: () -> Long) {
    /** The median of the measured runs, in milliseconds. */
    fun medianMs(runner: ModelRunner, input: ByteBuffer): Double {
        repeat(WARM_UP_RUNS) { runner.run(input) }
        val times = ArrayList<Long>(MOST_RUNS)
        val start = nanoTime()
        while (times.size < MOST_RUNS) {
            val before = nanoTime()
            runner.run(input)
            val after = nanoTime()
            times += after - before
            if (times.size >= FEWEST_RUNS && after - start >= ENOUGH_NANOS) break
        }
        times.sort()
        return (times[(times.size - 1) / 2] + times[times.size / 2]) / 2e6
    }

    private companion object {
        const val WARM_UP_RUNS = 3
        const val FEWEST_RUNS = 5
        const val MOST_RUNS = 50
        const val ENOUGH_NANOS = 200_000_000L
    }
}
