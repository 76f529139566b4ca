package io.apkiln.app.heatmap

import io.apkiln.app.model.Heatmap
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/**
 * Joints of a body or a hand, found when the model is sure enough of them all; the twin of decode_peak of
 * pymodel/inference/decoders.py.
 *
 * "peak": (1, G, G, K) heatmap logits; for each point p = softmax over all cells, x = Σ p * (column + 0.5) / G over the
 * 3 × 3 cells around the largest one, divided by Σ p there, y likewise; its confidence is that Σ p.
 */
class HeatmapDecoder(private val contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val heatmap = Heatmap(contract)
    private val answer = PointsAnswer(contract.labels.size, framed = false)

    init {
        check(contract.decode == "peak" && heatmap.count == answer.count) {
            "${contract.file}: ${contract.decode} of ${heatmap.count} points, ${answer.count} have names"
        }
    }

    override fun decode(output: ByteBuffer): PointsAnswer {
        for (k in 0 until answer.count) {
            heatmap.read(output, k)
            centre(k)
        }
        answer.found = answer.meanConfidence() >= contract.threshold
        return answer
    }

    private fun centre(k: Int) {
        var x = 0.0
        var y = 0.0
        var around = 0.0
        heatmap.aroundPeak { power, row, column ->
            x += power * (column + 0.5)
            y += power * (row + 0.5)
            around += power
        }
        answer.points[2 * k] = (x / around / heatmap.columns).toFloat()
        answer.points[2 * k + 1] = (y / around / heatmap.rows).toFloat()
        answer.confidence[k] = (around / heatmap.sum).toFloat()
    }
}
