package io.apkiln.app.tuning

/** How long the last [CAPACITY] runs took. */
class RunTimes {
    private val nanos = LongArray(CAPACITY)
    private var count = 0L

    fun add(nanoseconds: Long) {
        nanos[(count % CAPACITY).toInt()] = nanoseconds
        count++
    }

    /** Median and 95th percentile (nearest rank) in milliseconds; null before the first run. */
    fun summary(): RunSummary? {
        val known = minOf(count, CAPACITY.toLong()).toInt()
        if (known == 0) return null
        val sorted = nanos.copyOf(known).apply { sort() }
        val median = (sorted[(known - 1) / 2] + sorted[known / 2]) / 2e6
        val rank = (known * P95_PERCENT + WHOLE - 1) / WHOLE
        return RunSummary(median, sorted[rank - 1] / 1e6)
    }

    private companion object {
        const val CAPACITY = 200
        const val P95_PERCENT = 95
        const val WHOLE = 100
    }
}

data class RunSummary(val medianMs: Double, val p95Ms: Double)
