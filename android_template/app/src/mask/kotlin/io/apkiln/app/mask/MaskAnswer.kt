package io.apkiln.app.mask

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer

/**
 * Which class each of [rows] × [columns] cells of a region is of, in [cells], row by row; class 0 is the background, and what lies beyond
 * the picture. Once placed, [shares] has the share of the picture that each of [classCount] classes covers, and the answer is found
 * if all but the background reach [threshold].
 */
class MaskAnswer(
    val rows: Int,
    val columns: Int,
    val classCount: Int,
    private val labels: List<String>,
    private val threshold: Float,
) : Answer {
    val cells = ByteArray(rows * columns)
    val shares = FloatArray(classCount)
    private val counts = IntArray(classCount)

    /** Where the cells lie in the picture: left, top, right, bottom; their up is [turn] quarters clockwise from the picture's. */
    val edges = FloatArray(4)
    var turn = 0
        private set
    override var found = true

    /** The share of the picture that is not background. */
    override fun meanConfidence(): Float = 1 - shares[0]

    /** The name of a class; null if it has none. Of a single map, that of what it shows. */
    fun label(kind: Int): String? = if (kind == 1 && labels.size == 1) labels[0] else labels.getOrNull(kind)

    override fun place(region: Region, imageWidth: Int, imageHeight: Int) {
        counts.fill(0)
        var inside = 0
        for (row in 0 until rows) {
            for (column in 0 until columns) {
                val x = region.x((column + 0.5) / columns, (row + 0.5) / rows)
                val y = region.y((column + 0.5) / columns, (row + 0.5) / rows)
                if (y >= 0 && y < imageHeight && x >= 0 && x < imageWidth) {
                    counts[cells[row * columns + column].toInt() and 0xff]++
                    inside++
                } else {
                    cells[row * columns + column] = 0
                }
            }
        }
        for (kind in 0 until classCount) shares[kind] = if (inside > 0) counts[kind].toFloat() / inside else if (kind == 0) 1f else 0f
        edges[0] = region.left.toFloat()
        edges[1] = region.top.toFloat()
        edges[2] = (region.left + region.width).toFloat()
        edges[3] = (region.top + region.height).toFloat()
        turn = region.turn
        found = meanConfidence() >= threshold
    }
}
