package io.apkiln.app.window

/** Raises an alarm once p(Abnormal) has been at or above [threshold] for [hold] windows in a row, until it falls below. */
class AlarmPolicy(private val threshold: Float, private val hold: Int) {
    private var above = 0

    val alarm: Boolean get() = above >= hold

    init {
        require(hold >= 1) { "an alarm needs at least one window, not $hold" }
    }

    /** Takes p(Abnormal) of the next window; returns whether there is an alarm now. */
    fun update(probability: Float): Boolean {
        above = if (probability >= threshold) minOf(above + 1, hold) else 0
        return alarm
    }

    /** Forgets all windows: the next one does not continue the last one. */
    fun clear() {
        above = 0
    }
}
