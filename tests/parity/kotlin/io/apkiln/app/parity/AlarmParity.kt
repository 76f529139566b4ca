package io.apkiln.app.parity

import io.apkiln.app.window.AlarmPolicy
import io.apkiln.app.window.History
import io.apkiln.app.window.WindowAnswer
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** p(Abnormal) of window after window → when there is an alarm, and what the chart remembers of it. */
@RunWith(Parameterized::class)
class AlarmParity(private val case: Case) {
    private val probabilities = case.floats("probabilities")
    private val expected = case.floats("alarms")
    private val policy = AlarmPolicy(case.text("threshold").toFloat(), case.int("hold"))

    @Test
    fun sameAlarms() {
        repeat(case.int("hold")) { policy.update(1f) }
        policy.clear()
        val found = FloatArray(probabilities.size) { if (policy.update(probabilities[it])) 1f else 0f }
        case.compare("alarms", expected, found, 0.0)
    }

    @Test
    fun theChartRemembersTheLast() {
        val history = History(REMEMBERED)
        for (p in probabilities) history.add(WindowAnswer(p, policy.update(p)))
        case.compare(
            "remembered",
            probabilities.takeLast(REMEMBERED).toFloatArray() + expected.takeLast(REMEMBERED),
            FloatArray(history.count) { history.probability(it) } + FloatArray(history.count) { if (history.alarm(it)) 1f else 0f },
            0.0,
        )
    }

    companion object {
        private const val REMEMBERED = 7

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("alarm")
    }
}
