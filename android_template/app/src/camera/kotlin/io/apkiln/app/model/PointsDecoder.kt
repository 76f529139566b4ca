package io.apkiln.app.model

import java.nio.ByteBuffer

/**
 * Output tensor → points in [0, 1] of the input square; the same as decode_points of pymodel/inference/decoders.py.
 *
 * "points": (1, G, G, K) heatmap logits. For each point p = softmax over all cells, x = Σ p * (column + 0.5) / G, y
 * likewise (Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks, 2018); its confidence is
 * Σ p over the 3 × 3 cells around the largest one. "regress": (1, K, 2) coordinates with confidence 1.
 */
class PointsDecoder(private val contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val heatmap = if (contract.decode == "regress") null else Heatmap(contract)
    private val values = TensorReader(contract.output)
    private val count = heatmap?.count ?: contract.output.shape[1]
    private val groups = pointGroups(contract.labels)

    init {
        check(count == contract.labels.size) {
            "${contract.file}: the output has $count points, ${contract.labels.size} have names"
        }
    }

    override fun newAnswer() = PointsAnswer(count, contract.boxMargin, groups)

    override fun decode(output: ByteBuffer, answer: PointsAnswer) {
        for (k in 0 until count) {
            if (heatmap == null) {
                answer.points[2 * k] = values.value(output, 2 * k)
                answer.points[2 * k + 1] = values.value(output, 2 * k + 1)
                answer.confidence[k] = 1f
            } else {
                heatmap.read(output, k)
                takeExpectation(heatmap, k, answer)
            }
        }
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
