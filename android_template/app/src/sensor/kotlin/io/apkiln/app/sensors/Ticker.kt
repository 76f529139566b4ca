package io.apkiln.app.sensors

import android.os.Handler
import android.os.SystemClock

/** Calls [action] on [handler]'s thread every [intervalMs]; ticks that are missed are skipped. */
internal class Ticker(private val handler: Handler, private val intervalMs: Long, private val action: () -> Unit) {
    private val tick = Runnable { run() }
    private var due = 0L
    private var running = false

    fun start() {
        if (running) return
        running = true
        due = SystemClock.uptimeMillis()
        handler.post(tick)
    }

    fun stop() {
        running = false
        handler.removeCallbacks(tick)
    }

    private fun run() {
        if (!running) return
        action()
        due = maxOf(due + intervalMs, SystemClock.uptimeMillis())
        if (running) handler.postAtTime(tick, due)
    }
}
