package io.apkiln.app.model

import io.apkiln.app.frames.StoredType
import java.nio.ByteBuffer
import kotlin.math.exp

/**
 * Output tensor → points in [0, 1] of the input square; the twin of pymodel/decode.py.
 *
 * "points": (1, G, G, K) heatmap logits; for each point p = softmax over all cells, x = Σ p * (column + 0.5) / G, y
 * likewise (Nibali et al., Numerical Coordinate Regression with Convolutional Neural Networks, 2018); its confidence is
 * Σ p over the 3 × 3 cells around the largest one. "regress": (1, K, 2) coordinates, confidence 1.
 */
class PointsDecoder(contract: ModelContract) {
    private val regress = contract.decode == "regress"
    private val output = contract.output
    private val stored = StoredType.of(output.type)
    private val count = if (regress) output.shape[1] else output.shape[3]
    private val rows = if (regress) 0 else output.shape[1]
    private val columns = if (regress) 0 else output.shape[2]
    private val power = FloatArray(rows * columns)

    init {
        check(count == contract.labels.size) {
            "${contract.file}: the output has $count points, ${contract.labels.size} have names"
        }
    }

    /** Fills points and confidence of [answer]. */
    fun decode(tensor: ByteBuffer, answer: Answer) {
        for (k in 0 until count) {
            if (regress) {
                answer.points[2 * k] = value(tensor, 2 * k)
                answer.points[2 * k + 1] = value(tensor, 2 * k + 1)
                answer.confidence[k] = 1f
            } else {
                expectation(tensor, k, answer)
            }
        }
    }

    private fun expectation(tensor: ByteBuffer, k: Int, answer: Answer) {
        var peak = 0
        for (cell in power.indices) {
            power[cell] = value(tensor, cell * count + k)
            if (power[cell] > power[peak]) peak = cell
        }
        val highest = power[peak]
        var sum = 0.0
        var x = 0.0
        var y = 0.0
        for (cell in power.indices) {
            power[cell] = exp(power[cell] - highest)
            sum += power[cell]
            x += power[cell] * (cell % columns + 0.5)
            y += power[cell] * (cell / columns + 0.5)
        }
        answer.points[2 * k] = (x / sum / columns).toFloat()
        answer.points[2 * k + 1] = (y / sum / rows).toFloat()
        answer.confidence[k] = (around(peak / columns, peak % columns) / sum).toFloat()
    }

    private fun around(row: Int, column: Int): Double {
        var sum = 0.0
        for (r in maxOf(row - 1, 0)..minOf(row + 1, rows - 1)) {
            for (c in maxOf(column - 1, 0)..minOf(column + 1, columns - 1)) {
                sum += power[r * columns + c]
            }
        }
        return sum
    }

    private fun value(tensor: ByteBuffer, index: Int): Float {
        val raw = stored.read(tensor, index)
        return if (stored == StoredType.FLOAT32) raw else (raw - output.zeroPoint) * output.scale
    }
}
