package io.apkiln.app.overlay

/** Passes on texts that are new, at most one in [PAUSE_NANOS]: TalkBack reads each of them to its end. */
class Announcer {
    private var last = ""
    private var lastNanos = 0L

    /** The text that [makeText] makes if it is to be read at [nanos] (monotonic), otherwise null. It is called only when due. */
    fun next(nanos: Long, makeText: () -> String): String? {
        if (last.isNotEmpty() && nanos - lastNanos < PAUSE_NANOS) return null
        val text = makeText()
        if (text == last) return null
        last = text
        lastNanos = nanos
        return text
    }

    companion object {
        const val PAUSE_NANOS = 2_000_000_000L
    }
}
