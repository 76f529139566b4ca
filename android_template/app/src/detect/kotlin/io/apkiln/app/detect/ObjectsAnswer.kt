package io.apkiln.app.detect

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer

/**
 * Up to [most] objects, the surest first, each with [pointCount] points: in [0, 1] of the input as decoded, in pixels of the upright
 * picture once placed, where boxes end at its edges. [labels] are those of the classes.
 */
class ObjectsAnswer(val most: Int, val pointCount: Int, val labels: List<String>) : Answer {
    /** x0, y0, x1, y1 of each. */
    val boxes = FloatArray(4 * most)

    /** x, y of each point of each. */
    val points = FloatArray(2 * pointCount * most)
    val classes = IntArray(most)
    val scores = FloatArray(most)
    var count = 0

    private val surest = FloatArray(4)
    private val whole = FloatArray(4)
    private val surestPoints = FloatArray(2 * pointCount)
    override val found get() = count > 0
    override val box: FloatArray? get() = if (count > 0) surest else null
    override val wholeBox: FloatArray? get() = if (count > 0) whole else null
    override val keypoints: FloatArray? get() = if (count > 0) surestPoints else null
    override val framed get() = false

    override fun meanConfidence(): Float = if (count > 0) scores[0] else 0f

    override fun place(region: Region, imageWidth: Int, imageHeight: Int) {
        for (k in 0 until 2 * count) placePair(boxes, 2 * k, region)
        for (k in 0 until pointCount * count) placePair(points, 2 * k, region)
        for (k in 0 until count) {
            order(4 * k)
            order(4 * k + 1)
        }
        boxes.copyInto(whole, endIndex = 4)
        points.copyInto(surestPoints, endIndex = 2 * pointCount)
        for (k in 0 until 2 * count) {
            boxes[2 * k] = boxes[2 * k].coerceIn(0f, imageWidth.toFloat())
            boxes[2 * k + 1] = boxes[2 * k + 1].coerceIn(0f, imageHeight.toFloat())
        }
        boxes.copyInto(surest, endIndex = 4)
    }

    private fun placePair(pairs: FloatArray, at: Int, region: Region) {
        val x = pairs[at].toDouble()
        val y = pairs[at + 1].toDouble()
        pairs[at] = region.x(x, y).toFloat()
        pairs[at + 1] = region.y(x, y).toFloat()
    }

    /** Where the region is turned, another corner of a box comes first. */
    private fun order(at: Int) {
        val low = boxes[at]
        val high = boxes[at + 2]
        boxes[at] = minOf(low, high)
        boxes[at + 2] = maxOf(low, high)
    }

    companion object {
        /** As many as COCO's evaluation looks at; the twin of MAX_OBJECTS in pymodel/inference/objects.py. */
        const val MOST = 100
    }
}
