package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.Presence
import io.apkiln.app.model.sigmoid
import kotlin.math.abs

/** How far a model's outputs are from those that are exact, as a share of what they may be; each output is given as its elements. */
internal interface Difference {
    fun setExact(outputs: List<FloatArray>)

    /** NaN if a value that counts is not a number. */
    fun of(outputs: List<FloatArray>): Float
}

/**
 * The largest difference of an element of output [index], as a share of the output's range.
 *
 * The range is that of the exact values, at least a tenth of the largest one, or all of it where there is only one, and 1 for
 * probabilities. A logit that says whether something is there counts as its probability.
 */
internal class ElementDifference(private val index: Int, decoder: Decoder?) : Difference {
    private val presence = if (index == 1 && decoder is Decoder.Coordinates) decoder.presence else Presence.NONE
    private val isProbability = decoder is Decoder.Window || decoder is Decoder.Classes && !decoder.logits || presence != Presence.NONE
    private var exact = FloatArray(0)
    private var range = 1f

    override fun setExact(outputs: List<FloatArray>) {
        exact = outputs[index]
        if (isProbability) return
        val largest = exact.maxOf { abs(it) }
        val smallest = if (exact.size == 1) largest else largest * SMALLEST_SHARE
        range = maxOf(exact.max() - exact.min(), smallest, SMALLEST_RANGE)
    }

    override fun of(outputs: List<FloatArray>): Float {
        var most = 0f
        for ((k, value) in outputs[index].withIndex()) {
            val apart = abs(meant(value) - meant(exact[k]))
            if (apart.isNaN()) return Float.NaN
            most = maxOf(most, apart)
        }
        return most / range
    }

    private fun meant(value: Float) = if (presence == Presence.LOGIT) sigmoid(value) else value

    private companion object {
        const val SMALLEST_SHARE = 0.1f
        const val SMALLEST_RANGE = 1e-6f
    }
}

/**
 * How far the rows of a detector are apart that mean the same: of each row that counts on either side the difference to the most
 * similar row of its class on the other side, the largest of four sides and score, all of which are from 0 to 1; 1 where there is none.
 *
 * Rows come in the order of their scores, so equal ones may swap places. A row counts from the decoder's threshold on, or from the
 * highest exact score if that is lower: a picture without objects is compared by its likeliest one.
 */
internal class RowDifference(private val decoder: Decoder.Detections) : Difference {
    private var exact: List<FloatArray> = emptyList()

    override fun setExact(outputs: List<FloatArray>) {
        exact = outputs
    }

    override fun of(outputs: List<FloatArray>): Float {
        val highest = rows(exact).maxOfOrNull { exact[SCORES][it] } ?: 1f
        val threshold = minOf(decoder.threshold, highest)
        return maxOf(missing(exact, outputs, threshold), missing(outputs, exact, threshold))
    }

    private fun missing(from: List<FloatArray>, among: List<FloatArray>, threshold: Float): Float {
        var most = 0f
        for (row in rows(from)) {
            if (from[SCORES][row].isNaN()) return Float.NaN
            if (from[SCORES][row] < threshold) continue
            val nearest = rows(among).filter { among[CLASSES][it] == from[CLASSES][row] }.minOfOrNull { apart(from, row, among, it) }
            most = maxOf(most, nearest ?: 1f)
        }
        return most
    }

    private fun apart(from: List<FloatArray>, row: Int, among: List<FloatArray>, other: Int): Float {
        var most = abs(from[SCORES][row] - among[SCORES][other])
        for (side in 4 * row until 4 * row + 4) most = maxOf(most, abs(from[BOXES][side] - among[BOXES][side + 4 * (other - row)]))
        return most
    }

    /** Those that hold: as many as the last output says. */
    private fun rows(outputs: List<FloatArray>): IntRange = 0 until outputs[COUNT][0].toInt().coerceIn(0, outputs[SCORES].size)

    private companion object {
        const val BOXES = 0
        const val CLASSES = 1
        const val SCORES = 2
        const val COUNT = 3
    }
}
