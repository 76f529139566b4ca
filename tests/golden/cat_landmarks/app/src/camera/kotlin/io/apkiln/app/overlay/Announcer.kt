package io.apkiln.app.overlay

/** Lets words through that are new, at most once in [PAUSE_NANOS]: TalkBack reads each to its end. */
class Announcer {
    private var said = ""
    private var saidAt = 0L

    /** [words] where they are to be said at [nanos] (monotonic), else null. */
    fun next(words: String, nanos: Long): String? {
        if (words == said || said.isNotEmpty() && nanos - saidAt < PAUSE_NANOS) return null
        said = words
        saidAt = nanos
        return words
    }

    companion object {
        const val PAUSE_NANOS = 2_000_000_000L
    }
}
