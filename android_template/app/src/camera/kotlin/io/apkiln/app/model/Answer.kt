package io.apkiln.app.model

import io.apkiln.app.frames.Region

/** What a model says about one region of a frame. Each kind of task has its own answers. */
interface Answer {
    /** Whether the model found what it looks for: the next model runs only if it did. */
    val found: Boolean

    /** Whether there is anything to show. */
    val isVisible: Boolean get() = found

    /** Where the next model is to look: x0, y0, x1, y1 in the upright picture; null if the answer is about the whole region. */
    val box: FloatArray? get() = null

    /** [box] as far as it reaches beyond the picture, too. */
    val wholeBox: FloatArray? get() = box

    /** Points of what [box] is around, x, y of each in the upright picture; null if it has none. */
    val keypoints: FloatArray? get() = null

    /** Whether [box] is drawn as a frame around what was found. */
    val framed: Boolean get() = true

    /** x, y in the upright picture of the point that an animation follows; null: there is none. */
    val anchor: FloatArray? get() = null

    /** How sure the model is, from 0 to 1; the geometric mean if it is sure of several things. */
    fun meanConfidence(): Float

    /** Moves coordinates from the input, [0, 1], to the upright picture, which is [imageWidth] × [imageHeight] pixels. */
    fun place(region: Region, imageWidth: Int, imageHeight: Int) = Unit
}

/** Intersection over union of two boxes x0, y0, x1, y1; 0 if neither has an area. */
fun iou(a: FloatArray, b: FloatArray): Float {
    val width = minOf(a[2], b[2]) - maxOf(a[0], b[0])
    val height = minOf(a[3], b[3]) - maxOf(a[1], b[1])
    val intersection = if (width > 0 && height > 0) width * height else 0f
    val union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection
    return if (union > 0) intersection / union else 0f
}
