package io.apkiln.app.classify

import io.apkiln.app.model.Answer

/**
 * The probability of each class; found if the most probable one reaches the threshold. Visible even if it does not. [rank] is to be
 * called when probabilities have changed.
 */
class ClassAnswer(private val labels: List<String>) : Answer {
    val probability = FloatArray(labels.size)
    private val ranked = IntArray(minOf(SHOWN, labels.size))
    override var found = false
    override val isVisible get() = true

    /** How many of the most probable classes are known in their order. */
    val count: Int get() = ranked.size

    /** The most probable class, the first of equals. */
    val first: Likelihood get() = ranked(0)

    /** The most probable class but [place]; the first of equals. */
    fun ranked(place: Int) = Likelihood(labels[ranked[place]], probability[ranked[place]])

    override fun meanConfidence(): Float = probability[ranked[0]]

    fun rank() {
        for (place in ranked.indices) ranked[place] = largestAfter(place)
    }

    /** The most probable class that is none of the first [known]. */
    private fun largestAfter(known: Int): Int {
        var best = NONE
        for (k in probability.indices) {
            if ((best == NONE || probability[k] > probability[best]) && !isRanked(k, known)) best = k
        }
        return best
    }

    private fun isRanked(k: Int, known: Int): Boolean {
        for (place in 0 until known) if (ranked[place] == k) return true
        return false
    }

    private companion object {
        const val NONE = -1

        /** As many as can be read at a glance. */
        const val SHOWN = 5
    }
}

/** A class by its label, and its probability. */
data class Likelihood(val label: String, val probability: Float)
