package io.apkiln.app.model

import kotlin.math.exp

/**
 * Several looks at the same thing, each with its own [count] points: where they agree is where the thing is. The twin of
 * vote of pymodel/inference/vote.py.
 */
class Vote(private val count: Int, private val looks: Int) {
    private val points = Array(looks) { FloatArray(2 * count) }
    private val confidence = Array(looks) { FloatArray(count) }

    /** What look [number], from 0 on, said. */
    fun set(number: Int, answer: PointsAnswer) {
        answer.points.copyInto(points[number])
        answer.confidence.copyInto(confidence[number])
    }

    /** Puts each point of [answer] where most confidence of all [looks] is, in a square of [side] pixels. */
    fun settle(answer: PointsAnswer, side: Double) {
        for (k in 0 until count) settle(answer, k, REACH * side)
    }

    private fun settle(answer: PointsAnswer, k: Int, reach: Double) {
        var best = 0
        var most = -1.0
        for (look in 0 until looks) {
            var support = 0.0
            for (other in 0 until looks) support += near(look, other, k, reach) * confidence[other][k]
            if (support > most) {
                most = support
                best = look
            }
        }
        var x = 0.0
        var y = 0.0
        for (look in 0 until looks) {
            val weight = near(best, look, k, reach) * confidence[look][k]
            x += weight * points[look][2 * k]
            y += weight * points[look][2 * k + 1]
        }
        val total = maxOf(most, LEAST)
        answer.points[2 * k] = (x / total).toFloat()
        answer.points[2 * k + 1] = (y / total).toFloat()
        answer.confidence[k] = (most / looks).toFloat()
    }

    /** How much two looks agree on point [k]: 1 where they put it at the same place, exp(-1) where [reach] pixels apart. */
    private fun near(one: Int, other: Int, k: Int, reach: Double): Double {
        val x = (points[one][2 * k] - points[other][2 * k]) / reach
        val y = (points[one][2 * k + 1] - points[other][2 * k + 1]) / reach
        return exp(-(x * x + y * y))
    }

    private companion object {
        const val REACH = 0.05
        const val LEAST = 1e-9
    }
}
