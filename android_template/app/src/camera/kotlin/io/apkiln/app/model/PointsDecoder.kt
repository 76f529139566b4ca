package io.apkiln.app.model

import java.nio.ByteBuffer

/**
 * Output tensor → points in [0, 1] of the input square; the twin of decode_points of pymodel/inference/decoders.py.
 *
 * "points": (1, G, G, K) heatmap logits; for each point p = softmax over all cells, x = Σ p * (column + 0.5) / G, y
 * likewise (Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks, 2018); its confidence is
 * Σ p over the 3 × 3 cells around the largest one. "regress": (1, K, 2) coordinates, confidence 1.
 */
class PointsDecoder(contract: ModelContract) {
    private val heatmap = if (contract.decode == "regress") null else Heatmap(contract)
    private val values = TensorReader(contract.output)
    private val count = heatmap?.count ?: contract.output.shape[1]

    init {
        check(count == contract.labels.size) {
            "${contract.file}: the output has $count points, ${contract.labels.size} have names"
        }
    }

    /** Fills points and confidence of [answer]. */
    fun decode(tensor: ByteBuffer, answer: PointsAnswer) {
        for (k in 0 until count) {
            if (heatmap == null) {
                answer.points[2 * k] = values.value(tensor, 2 * k)
                answer.points[2 * k + 1] = values.value(tensor, 2 * k + 1)
                answer.confidence[k] = 1f
            } else {
                heatmap.read(tensor, k)
                expectation(heatmap, k, answer)
            }
        }
    }

    private fun expectation(heatmap: Heatmap, k: Int, answer: PointsAnswer) {
        var x = 0.0
        var y = 0.0
        for (cell in heatmap.power.indices) {
            x += heatmap.power[cell] * (cell % heatmap.columns + 0.5)
            y += heatmap.power[cell] * (cell / heatmap.columns + 0.5)
        }
        var around = 0.0
        heatmap.aroundPeak { power, _, _ -> around += power }
        answer.points[2 * k] = (x / heatmap.sum / heatmap.columns).toFloat()
        answer.points[2 * k + 1] = (y / heatmap.sum / heatmap.rows).toFloat()
        answer.confidence[k] = (around / heatmap.sum).toFloat()
    }
}
