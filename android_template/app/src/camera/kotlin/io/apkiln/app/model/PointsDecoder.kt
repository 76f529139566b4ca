package io.apkiln.app.model

import java.nio.ByteBuffer

/**
 * Outputs → points in [0, 1] of the input; the same as decode of pymodel/inference/decoders.py. They are found if their mean
 * confidence reaches the threshold.
 *
 * With p the softmax over all cells of a point's heatmap:
 * [Decoder.Points]: x = Σ p * (column + 0.5) / G, y likewise (Nibali et al., Numerical Coordinate Regression with
 * Convolutional Neural Networks, 2018); the confidence is Σ p over the 3 × 3 cells around the largest one.
 * [Decoder.Peak]: the same sums over those 3 × 3 cells alone, divided by Σ p there; the confidence is that Σ p.
 * [Decoder.Coordinates]: x and y as they are, or divided by the input's width and height; the confidence of all is the second
 * output's element, or its σ, or 1 if there is none.
 *
 * @param framed whether the box around the points is drawn; it isn't where the answer is about some of them alone.
 * @param animated whether an animation follows the first point; it does follow the first of those that the answer is about.
 */
class PointsDecoder(contract: ModelContract, framed: Boolean = true, animated: Boolean = false) : TaskDecoder<PointsAnswer> {
    private val decoder = contract.decoder<Decoder>()
    private val coordinates = (decoder as? Decoder.Coordinates)?.let { Coordinates(it, contract) }
    private val heatmap = if (coordinates == null) Heatmap(contract) else null
    private val count = heatmap?.count ?: checkNotNull(coordinates).count
    private val groups = pointGroups(contract.labels)
    private val shown = contract.shown.toIntArray()
    private val framed = framed && shown.isEmpty()
    private val followed = shown.firstOrNull() ?: if (animated) 0 else -1
    private val boxMargin = when (decoder) {
        is Decoder.Points -> decoder.boxMargin
        is Decoder.Peak -> decoder.boxMargin
        is Decoder.Coordinates -> decoder.boxMargin
        else -> error("${contract.file}: the output is $decoder, not points")
    }

    init {
        val names = contract.labels.size
        check(names == 0 || count == names) { "${contract.file}: the output has $count points, $names have names" }
        check(shown.all { it in 0 until count }) { "${contract.file}: of $count points, ${shown.toList()} are shown" }
    }

    override fun newAnswer() = PointsAnswer(count, boxMargin, groups, framed, shown, followed)

    override fun decode(outputs: List<ByteBuffer>, answer: PointsAnswer) {
        coordinates?.read(outputs, answer)
        if (heatmap != null) {
            for (k in 0 until count) {
                heatmap.read(outputs[0], k)
                if (decoder is Decoder.Peak) takePeak(heatmap, k, answer) else takeExpectation(heatmap, k, answer)
            }
        }
        answer.found = answer.meanConfidence() >= decoder.threshold
    }

    private fun takePeak(heatmap: Heatmap, k: Int, answer: PointsAnswer) {
        var x = 0.0
        var y = 0.0
        var aroundPeak = 0.0
        heatmap.aroundPeak { power, row, column ->
            x += power * (column + 0.5)
            y += power * (row + 0.5)
            aroundPeak += power
        }
        answer.points[2 * k] = (x / aroundPeak / heatmap.columns).toFloat()
        answer.points[2 * k + 1] = (y / aroundPeak / heatmap.rows).toFloat()
        answer.confidence[k] = (aroundPeak / heatmap.sum).toFloat()
    }

    private fun takeExpectation(heatmap: Heatmap, k: Int, answer: PointsAnswer) {
        var x = 0.0
        var y = 0.0
        for (cell in heatmap.power.indices) {
            x += heatmap.power[cell] * (cell % heatmap.columns + 0.5)
            y += heatmap.power[cell] * (cell / heatmap.columns + 0.5)
        }
        var aroundPeak = 0.0
        heatmap.aroundPeak { power, _, _ -> aroundPeak += power }
        answer.points[2 * k] = (x / heatmap.sum / heatmap.columns).toFloat()
        answer.points[2 * k + 1] = (y / heatmap.sum / heatmap.rows).toFloat()
        answer.confidence[k] = (aroundPeak / heatmap.sum).toFloat()
    }
}
