package io.apkiln.app.window

/** An alarm: p(Abnormal) has been at or above [threshold] for [hold] windows in a row, and has not fallen below since. */
class AlarmPolicy(private val threshold: Float, private val hold: Int) {
    private var above = 0

    val alarm: Boolean get() = above >= hold

    init {
        require(hold >= 1) { "an alarm needs at least one window, not $hold" }
    }

    /** Takes the answer to the next window, and says whether there is an alarm now. */
    fun update(probability: Float): Boolean {
        above = if (probability >= threshold) minOf(above + 1, hold) else 0
        return alarm
    }

    /** Forgets everything: the next window does not follow on the last one. */
    fun clear() {
        above = 0
    }
}
