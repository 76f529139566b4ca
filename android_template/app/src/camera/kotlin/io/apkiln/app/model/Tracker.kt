package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.InputSize
import io.apkiln.app.frames.Region

/**
 * Where a model looks in the next frame: at what it found in the last one, see CropPolicy.again. The twin of
 * pymodel/inference/tracker.py.
 *
 *     no last points → the models in order, the last in the square of what was found before it; where nothing was, the second
 *                      resort: the last model on the whole picture, and once more in the square of its own points
 *     last points    → the last model alone, in the square of those points
 *
 * What it answers is followed as long as it counts; a picture of another size, or of the other camera, is looked at anew.
 */
internal class Tracker(private val square: Square, private val size: InputSize) {
    /** Where the next look is, if [follows]. */
    val region = Region()
    var follows = false
        private set
    private var width = 0
    private var height = 0
    private var mirror = false

    /** [frame] is the next one. */
    fun open(frame: Frame) {
        if (width != frame.uprightWidth || height != frame.uprightHeight || mirror != frame.mirror) follows = false
        width = frame.uprightWidth
        height = frame.uprightHeight
        mirror = frame.mirror
    }

    /** Follows [answer] from now on if it counts; returns whether it does. */
    fun follow(answer: Answer): Boolean {
        val points = answer.keypoints
        follows = answer.found && points != null && isFinite(points)
        if (follows && points != null) region.setSquare(square, points, null, size)
        return follows
    }

    private fun isFinite(points: FloatArray): Boolean {
        for (k in points.indices) if (!points[k].isFinite()) return false
        return true
    }
}
