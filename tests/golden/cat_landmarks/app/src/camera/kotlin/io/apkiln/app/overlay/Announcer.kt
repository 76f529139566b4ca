package io.apkiln.app.overlay

/** Lets words through that are new, at most once in [PAUSE_NANOS]: TalkBack reads each to its end. */
class Announcer {
    private var said = ""
    private var saidAt = 0L

    /** What [makeWords] makes, where that is to be said at [nanos] (monotonic), else null; it is asked only when it is time. */
    fun next(nanos: Long, makeWords: () -> String): String? {
        if (said.isNotEmpty() && nanos - saidAt < PAUSE_NANOS) return null
        val words = makeWords()
        if (words == said) return null
        said = words
        saidAt = nanos
        return words
    }

    companion object {
        const val PAUSE_NANOS = 2_000_000_000L
    }
}
