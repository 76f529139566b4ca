package io.apkiln.app.tuning

import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit

/** Tells of what takes too long, on a thread of its own. */
fun interface Watchdog {
    /** Calls [onStuck] unless what this returns is closed in time; never after that. */
    fun watch(onStuck: () -> Unit): AutoCloseable
}

/** A [Watchdog] that waits for [limitMs]: longer than most GPUs take to compile a model, shorter than most people wait. */
class TimedWatchdog(private val limitMs: Long = LIMIT_MS) : Watchdog {
    override fun watch(onStuck: () -> Unit): AutoCloseable {
        val lock = Any()
        var closed = false
        val alarm = timer.schedule({ synchronized(lock) { if (!closed) onStuck() } }, limitMs, TimeUnit.MILLISECONDS)
        return AutoCloseable {
            alarm.cancel(false)
            synchronized(lock) { closed = true }
        }
    }

    private companion object {
        const val LIMIT_MS = 10_000L
        val timer = ScheduledThreadPoolExecutor(1) { task -> Thread(task, "watchdog").apply { isDaemon = true } }
            .apply { removeOnCancelPolicy = true }
    }
}
