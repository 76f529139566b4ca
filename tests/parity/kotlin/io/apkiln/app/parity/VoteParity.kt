package io.apkiln.app.parity

import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.Vote
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Several looks' points → where they agree; twice, as the app asks frame after frame. */
@RunWith(Parameterized::class)
class VoteParity(private val case: Case) {
    @Test
    fun same() {
        val (looks, count) = case.ints("size")
        val vote = Vote(count, looks)
        val settled = PointsAnswer(count)
        val points = case.floats("points")
        val confidence = case.floats("confidence")
        repeat(2) {
            for (look in 0 until looks) {
                val answer = PointsAnswer(count)
                points.copyInto(answer.points, 0, 2 * count * look, 2 * count * (look + 1))
                confidence.copyInto(answer.confidence, 0, count * look, count * (look + 1))
                vote.set(look, answer)
            }
            vote.settle(settled, case.text("side").toDouble())
            case.compare("points", case.floats("expected.points"), settled.points, 1e-3)
            case.compare("confidence", case.floats("expected.confidence"), settled.confidence, 1e-5)
        }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("vote")
    }
}
