package io.apkiln.app.camera

import android.os.Handler
import android.os.SystemClock

/** Calls [action] on [handler]'s thread after pauses that double from [FIRST_MS] to [LONGEST_MS]. */
internal class Retry(private val handler: Handler, private val action: () -> Unit) {
    private val run = Runnable {
        due = NEVER
        action()
    }
    private var pauseMs = FIRST_MS
    private var due = NEVER

    /** Calls the action after a pause; the next one will be longer. */
    fun schedule() {
        at(SystemClock.uptimeMillis() + pauseMs)
        pauseMs = (2 * pauseMs).coerceAtMost(LONGEST_MS)
    }

    /** If a call is waiting, makes it come after the shortest pause. */
    fun hurry() {
        val soon = SystemClock.uptimeMillis() + FIRST_MS
        if (due != NEVER && soon < due) at(soon)
    }

    /** Forgets the call that waits; the next pause is the shortest again. */
    fun reset() {
        handler.removeCallbacks(run)
        due = NEVER
        pauseMs = FIRST_MS
    }

    private fun at(time: Long) {
        handler.removeCallbacks(run)
        due = time
        handler.postAtTime(run, time)
    }

    companion object {
        const val FIRST_MS = 500L
        const val LONGEST_MS = 30_000L
        private const val NEVER = Long.MAX_VALUE
    }
}
