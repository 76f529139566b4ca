package io.apkiln.app.heatmap

import io.apkiln.app.model.Heatmap
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.pointGroups
import java.nio.ByteBuffer

/**
 * Points, found if the model is confident enough of all of them; the same as decode_peak of pymodel/inference/decoders.py.
 *
 * "peak": (1, G, G, K) heatmap logits. For each point p = softmax over all cells, x = Σ p * (column + 0.5) / G over the
 * 3 × 3 cells around the largest one, divided by Σ p there, y likewise; its confidence is that Σ p.
 */
class HeatmapDecoder(private val contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val heatmap = Heatmap(contract)
    private val groups = pointGroups(contract.labels)

    init {
        check(contract.decode == "peak" && heatmap.count == contract.labels.size) {
            "${contract.file}: ${contract.decode} of ${heatmap.count} points, ${contract.labels.size} have names"
        }
    }

    override fun newAnswer() = PointsAnswer(heatmap.count, contract.boxMargin, groups, framed = false)

    override fun decode(output: ByteBuffer, answer: PointsAnswer) {
        for (k in 0 until answer.count) {
            heatmap.read(output, k)
            takeCentre(k, answer)
        }
        answer.found = answer.meanConfidence() >= contract.threshold
    }

    private fun takeCentre(k: Int, answer: PointsAnswer) {
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
}
