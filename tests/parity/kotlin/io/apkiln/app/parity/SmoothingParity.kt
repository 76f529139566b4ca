package io.apkiln.app.parity

import io.apkiln.app.overlay.Follower
import io.apkiln.app.overlay.OneEuroFilter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Where a finger was, frame by frame → where its animation is; twice, as a finger that comes back. */
@RunWith(Parameterized::class)
class SmoothingParity(private val case: Case) {
    private val times = case.texts("nanos").map { it.toLong() }
    private val values = case.doubles("values")

    @Test
    fun same() {
        val filter = OneEuroFilter(case.text("cutoff").toDouble(), case.text("beta").toDouble())
        repeat(2) {
            val found = FloatArray(values.size) { filter.filter(values[it], times[it]).toFloat() }
            case.compare("smoothed", case.floats("expected"), found, 1e-5)
            assertEquals("time stands", found.last().toDouble(), filter.filter(9.0, times.last()), 1e-6)
            filter.clear()
        }
    }

    /** As the app uses it: a resting finger trembles less, a jump is followed within a fifth of a second. */
    @Test
    fun calmAndPrompt() {
        val filter = OneEuroFilter(Follower.MIN_CUTOFF_HZ, Follower.BETA)
        val smoothed = DoubleArray(values.size) { filter.filter(values[it], times[it]) }
        if (case.toString().contains("rest-even")) {
            val spread = { list: List<Double> -> list.zipWithNext { a, b -> kotlin.math.abs(b - a) }.average() }
            assertTrue(spread(smoothed.drop(30)) < spread(values.drop(30)) / 3)
        }
        if (case.toString().contains("jump-even")) assertEquals(0.8, smoothed[AFTER_JUMP], 0.05)
    }

    companion object {
        private const val AFTER_JUMP = 96

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("smoothing")
    }
}
