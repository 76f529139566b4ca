package io.apkiln.app.model

/**
 * What all models said of one frame, in pixels of the upright picture.
 *
 * [box] is x0, y0, x1, y1, or null where nothing was found; [boxConfidence] is the first model's, which looked for it;
 * [points] are x, y pairs with one [confidence] each, empty where nothing was found; each of [groups] holds indices of
 * points to be joined by a line; [modelMs] is the time that cropping, inference and decoding took.
 */
class FrameResult(
    val imageWidth: Int,
    val imageHeight: Int,
    val box: FloatArray?,
    val boxConfidence: Float,
    val points: FloatArray,
    val confidence: FloatArray,
    val groups: List<IntArray>,
    val modelMs: Float,
) {
    val found: Boolean get() = box != null || points.isNotEmpty()
}
