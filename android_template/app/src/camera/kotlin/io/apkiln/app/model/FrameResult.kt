package io.apkiln.app.model

import io.apkiln.app.task.VisibleAnswer

/**
 * What all models say about one frame, in pixels of the upright picture, which is [imageWidth] × [imageHeight].
 *
 * [location] is where something was found, null if nowhere; [answers] are those with something to show, in the order of the
 * models; [modelMs] is the time that cropping, inference and decoding took. Who shows it last calls [recycle], and looks at it no more.
 */
class FrameResult(
    val imageWidth: Int,
    val imageHeight: Int,
    val location: Location?,
    val answers: List<VisibleAnswer<*>>,
    val modelMs: Float,
    private val giveBack: () -> Unit = {},
) {
    /** Lets the answers be used again for a later frame; on any thread. */
    fun recycle() = giveBack()

    val found: Boolean get() = location != null || answers.any { it.answer.found }

    /** Whether there is nothing to show. */
    val isEmpty: Boolean get() = location == null && answers.isEmpty()

    /** The point that the animation of the last kind that has one follows. */
    val anchor: FloatArray? get() = answers.lastOrNull { it.kind.animation != null }?.answer?.anchor
}

/**
 * Where something was found: the last model's [box], x0, y0, x1, y1, drawn if [framed]; [confidence] is that of the first
 * model that gave a box, as it decided that there is something.
 */
class Location(val box: FloatArray, val confidence: Float, val framed: Boolean)
