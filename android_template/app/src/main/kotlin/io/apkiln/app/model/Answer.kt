package io.apkiln.app.model

import io.apkiln.app.frames.Region
import java.nio.ByteBuffer

/**
 * What one model said of one frame; filled anew for each frame.
 *
 * [points] are x, y pairs: in [0, 1] of the input square after PointsDecoder, in pixels of the upright picture after
 * [place]. [found] says whether there is something to show and to look closer at; [box] is x0, y0, x1, y1 with
 * [boxConfidence] where [hasBox].
 */
class Answer(val count: Int) {
    val points = FloatArray(2 * count)
    val confidence = FloatArray(count)
    val box = FloatArray(4)
    var boxConfidence = 0f
    var hasBox = false
    var found = false

    /** Moves the points from the input square into the upright picture. */
    fun place(region: Region) {
        for (k in 0 until count) {
            points[2 * k] = (region.left + points[2 * k] * region.side).toFloat()
            points[2 * k + 1] = (region.top + points[2 * k + 1] * region.side).toFloat()
        }
    }
}

/** Turns a model's output tensor into an answer; each task kind has its own in src/KIND. */
interface TaskDecoder {
    fun decode(output: ByteBuffer, region: Region): Answer
}
