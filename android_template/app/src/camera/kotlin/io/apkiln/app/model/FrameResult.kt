package io.apkiln.app.model

import io.apkiln.app.task.VisibleAnswer

/**
 * What all models say about one frame, in pixels of the upright picture, which is [imageWidth] × [imageHeight].
 *
 * [location] is where something was found, null if nowhere; [answers] are those with something to show, in the order of the
 * models; [modelMs] is the time that cropping, inference and decoding took. Who shows it last calls [recycle], and looks at it no more.
 */
open class FrameResult(
    imageWidth: Int,
    imageHeight: Int,
    location: Location?,
    val answers: List<VisibleAnswer<*>>,
    modelMs: Float,
) {
    var imageWidth = imageWidth
        protected set
    var imageHeight = imageHeight
        protected set
    var location = location
        protected set
    var modelMs = modelMs
        protected set

    /** Lets it and its answers be used again for a later frame; on any thread. */
    open fun recycle() = Unit

    val found: Boolean get() = location != null || answers.any { it.answer.found }

    /** Whether there is nothing to show. */
    val isEmpty: Boolean get() = location == null && answers.isEmpty()

    /** The point that an animation follows: that of the last answer that has one. */
    val anchor: FloatArray? get() = answers.lastOrNull { it.answer.anchor != null }?.answer?.anchor
}

/**
 * Where something was found: the last model's [box], x0, y0, x1, y1, drawn if [framed]; [confidence] is that of the first
 * model that gave a box, as it decided that there is something.
 */
class Location(box: FloatArray, confidence: Float, framed: Boolean) {
    var box = box
        internal set
    var confidence = confidence
        internal set
    var framed = framed
        internal set
}
