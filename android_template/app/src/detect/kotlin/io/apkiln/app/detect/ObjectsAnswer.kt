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
    override val found get() = count > 0
    override val box: FloatArray? get() = if (count > 0) surest else null
    override val framed get() = false

    override fun meanConfidence(): Float = if (count > 0) scores[0] else 0f

    override fun place(region: Region, imageWidth: Int, imageHeight: Int) {
        for (k in 0 until 2 * count) {
            boxes[2 * k] = x(region, boxes[2 * k]).coerceIn(0f, imageWidth.toFloat())
            boxes[2 * k + 1] = y(region, boxes[2 * k + 1]).coerceIn(0f, imageHeight.toFloat())
        }
        for (k in 0 until pointCount * count) {
            points[2 * k] = x(region, points[2 * k])
            points[2 * k + 1] = y(region, points[2 * k + 1])
        }
        boxes.copyInto(surest, endIndex = 4)
    }

    private fun x(region: Region, share: Float) = (region.left + share * region.width).toFloat()

    private fun y(region: Region, share: Float) = (region.top + share * region.height).toFloat()

    companion object {
        /** As many as COCO's evaluation looks at; the twin of MAX_OBJECTS in pymodel/inference/objects.py. */
        const val MOST = 100
    }
}
