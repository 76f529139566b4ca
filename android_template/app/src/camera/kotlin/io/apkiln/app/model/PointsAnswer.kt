package io.apkiln.app.model

import io.apkiln.app.frames.Region
import kotlin.math.pow

/**
 * [count] points as x, y pairs: in [0, 1] of the input as decoded, in pixels of the upright picture once placed.
 *
 * [box] is their bounding rectangle, larger by [boxMargin] of its width and height on each side, clipped to the picture.
 * Each of [groups] has the indices of points that are joined by a line. Of [shown] points the answer is about those alone; none are
 * named if it is about all. An animation follows the point [followed]; none if that is negative.
 */
class PointsAnswer(
    val count: Int,
    private val boxMargin: Float = 0f,
    val groups: List<IntArray> = emptyList(),
    override val framed: Boolean = true,
    val shown: IntArray = IntArray(0),
    private val followed: Int = -1,
) : Answer {
    val points = FloatArray(2 * count)
    val confidence = FloatArray(count)
    override val box = FloatArray(4)
    override var found = true
    override val keypoints get() = points
    override val anchor: FloatArray?
        get() = if (found && followed >= 0) points.copyOfRange(2 * followed, 2 * followed + 2) else null

    override fun meanConfidence(): Float {
        var product = 1.0
        for (value in confidence) product *= value
        return product.pow(1.0 / count).toFloat()
    }

    override fun place(region: Region, imageWidth: Int, imageHeight: Int) {
        for (k in 0 until count) {
            val x = points[2 * k].toDouble()
            val y = points[2 * k + 1].toDouble()
            points[2 * k] = region.x(x, y).toFloat()
            points[2 * k + 1] = region.y(x, y).toFloat()
        }
        enclose(0, imageWidth)
        enclose(1, imageHeight)
    }

    /** Sets [box] along [axis], where the picture has [length] pixels. */
    private fun enclose(axis: Int, length: Int) {
        var low = points[axis]
        var high = low
        for (k in 1 until count) {
            low = minOf(low, points[2 * k + axis])
            high = maxOf(high, points[2 * k + axis])
        }
        val margin = (high - low) * boxMargin
        box[axis] = (low - margin).coerceIn(0f, length.toFloat())
        box[axis + 2] = (high + margin).coerceIn(0f, length.toFloat())
    }
}
