package io.apkiln.app.classify

import io.apkiln.app.model.Answer

/** The probability of each class; found if the most probable one reaches the threshold. Visible even if it does not. */
class ClassAnswer(private val labels: List<String>) : Answer {
    val probability = FloatArray(labels.size)
    override var found = false
    override val isVisible get() = true

    /** The most probable class, the first of equals. */
    val first: Likelihood get() = likelihood(largest(NONE))

    /** The most probable class but one; null if there is only one. */
    val second: Likelihood? get() = if (labels.size > 1) likelihood(largest(largest(NONE))) else null

    override fun meanConfidence(): Float = probability.max()

    private fun likelihood(k: Int) = Likelihood(labels[k], probability[k])

    private fun largest(without: Int): Int {
        var best = NONE
        for (k in probability.indices) {
            if (k != without && (best == NONE || probability[k] > probability[best])) best = k
        }
        return best
    }

    private companion object {
        const val NONE = -1
    }
}

/** A class by its label, and its probability. */
data class Likelihood(val label: String, val probability: Float)
