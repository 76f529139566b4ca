package io.apkiln.app.overlay

/** Frames per second over the last [WINDOW] frames; a pause of more than a second resets it. */
class FrameRate {
    private val times = LongArray(WINDOW)
    private var count = 0L

    /** Counts a frame at [nanos] (monotonic) and returns the rate; 0 until there are two frames. */
    fun tick(nanos: Long): Float {
        if (count > 0 && nanos - at(count - 1) > PAUSE_NANOS) count = 0
        times[(count % WINDOW).toInt()] = nanos
        count++
        val frames = minOf(count, WINDOW.toLong())
        val span = nanos - at(count - frames)
        return if (span > 0) (frames - 1) * 1e9f / span else 0f
    }

    private fun at(index: Long) = times[(index % WINDOW).toInt()]

    private companion object {
        const val WINDOW = 30
        const val PAUSE_NANOS = 1_000_000_000L
    }
}
