package io.apkiln.app.model

import java.nio.ByteBuffer
import kotlin.math.exp

/**
 * The heatmap of one point in an output (1, G, G, K) of logits: p = softmax over all cells.
 *
 * [power] is p × [sum]; the cell at [peakRow] and [peakColumn] is the first of the largest ones.
 */
class Heatmap(contract: ModelContract) {
    private val values = TensorElements(contract.output)
    val count = contract.output.shape[3]
    val rows = contract.output.shape[1]
    val columns = contract.output.shape[2]
    val power = FloatArray(rows * columns)
    var sum = 0.0
        private set
    var peakRow = 0
        private set
    var peakColumn = 0
        private set

    /** Reads the heatmap of point [k]. */
    fun read(tensor: ByteBuffer, k: Int) {
        var peak = 0
        for (cell in power.indices) {
            power[cell] = values.read(tensor, cell * count + k)
            if (power[cell] > power[peak]) peak = cell
        }
        val highest = power[peak]
        sum = 0.0
        for (cell in power.indices) {
            power[cell] = exp(power[cell] - highest)
            sum += power[cell]
        }
        peakRow = peak / columns
        peakColumn = peak % columns
    }

    /** Calls [action] with the power, row and column of those of the 3 × 3 cells around the peak that exist. */
    inline fun aroundPeak(action: (power: Float, row: Int, column: Int) -> Unit) {
        for (row in maxOf(peakRow - 1, 0)..minOf(peakRow + 1, rows - 1)) {
            for (column in maxOf(peakColumn - 1, 0)..minOf(peakColumn + 1, columns - 1)) {
                action(power[row * columns + column], row, column)
            }
        }
    }
}
