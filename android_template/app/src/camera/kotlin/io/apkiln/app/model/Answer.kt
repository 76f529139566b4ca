package io.apkiln.app.model

import io.apkiln.app.frames.Region
import kotlin.math.pow

/** What one model said of one frame; filled anew for each frame. */
sealed interface Answer {
    /** Whether there is something to show and to look closer at. */
    val found: Boolean
}

/**
 * [count] points, as x, y pairs: in [0, 1] of the input square from the decoder, in pixels of the upright picture after
 * [place]. [box] is x0, y0, x1, y1 after [enclose], and [framed] whether it is shown.
 */
class PointsAnswer(val count: Int, val framed: Boolean = true) : Answer {
    val points = FloatArray(2 * count)
    val confidence = FloatArray(count)
    val box = FloatArray(4)
    override var found = true

    /** Becomes what [other], of as many points, is. */
    fun set(other: PointsAnswer) {
        other.points.copyInto(points)
        other.confidence.copyInto(confidence)
        other.box.copyInto(box)
        found = other.found
    }

    /** Moves the points from the input square into the upright picture. */
    fun place(region: Region) {
        for (k in 0 until count) {
            points[2 * k] = (region.left + points[2 * k] * region.side).toFloat()
            points[2 * k + 1] = (region.top + points[2 * k + 1] * region.side).toFloat()
        }
    }

    /** Makes [box] the points' bounding rectangle, wider by [margin] of its sides on each side, inside the picture. */
    fun enclose(margin: Float, imageWidth: Int, imageHeight: Int) {
        for (axis in 0..1) {
            var low = points[axis]
            var high = low
            for (k in 1 until count) {
                low = minOf(low, points[2 * k + axis])
                high = maxOf(high, points[2 * k + axis])
            }
            val wider = (high - low) * margin
            val end = (if (axis == 0) imageWidth else imageHeight).toFloat()
            box[axis] = (low - wider).coerceIn(0f, end)
            box[axis + 2] = (high + wider).coerceIn(0f, end)
        }
    }

    /** Geometric mean of the points' confidence. */
    fun meanConfidence(): Float {
        var product = 1.0
        for (value in confidence) product *= value
        return product.pow(1.0 / count).toFloat()
    }
}

/** The classes that a picture may show, with their [probability]; found where the likeliest one is likely enough. */
class ClassAnswer(count: Int) : Answer {
    val probability = FloatArray(count)
    override var found = false

    /** Index of the likeliest class, the first of equals. */
    fun likeliest(): Int = largest(NONE)

    /** Index of the likeliest class but one; null where there is only one. */
    fun runnerUp(): Int? = if (probability.size > 1) largest(likeliest()) else null

    private fun largest(without: Int): Int {
        var best = NONE
        for (k in probability.indices) {
            if (k != without && (best == NONE || probability[k] > probability[best])) best = k
        }
        return best
    }

    private companion object {
        const val NONE = -1
    }
}

/** Intersection over union of two boxes x0, y0, x1, y1; 0 where neither has an area. */
fun iou(a: FloatArray, b: FloatArray): Float {
    val width = minOf(a[2], b[2]) - maxOf(a[0], b[0])
    val height = minOf(a[3], b[3]) - maxOf(a[1], b[1])
    val both = if (width > 0 && height > 0) width * height else 0f
    val either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return if (either > 0) both / either else 0f
}
