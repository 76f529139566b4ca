package io.apkiln.app.model

/**
 * What all models said of one frame, in pixels of the upright picture.
 *
 * [box] is x0, y0, x1, y1, or null where nothing was found or no box is to be shown; [boxConfidence] is the first
 * model's, which looked for it; [points] are x, y pairs with one [confidence] each, empty where nothing was found; each
 * of [groups] holds indices of points to be joined by a line; [guess] is what the picture shows, null where no model
 * tells; [modelMs] is the time that cropping, inference and decoding took.
 */
class FrameResult(
    val imageWidth: Int,
    val imageHeight: Int,
    val box: FloatArray?,
    val boxConfidence: Float,
    val points: FloatArray,
    val confidence: FloatArray,
    val groups: List<IntArray>,
    val guess: Guess?,
    val modelMs: Float,
) {
    val found: Boolean get() = box != null || points.isNotEmpty() || guess?.sure == true
}

/** The likeliest class, and the next one where there are several; [sure] when the first is likely enough to count. */
data class Guess(val first: Likelihood, val second: Likelihood?, val sure: Boolean) {
    companion object {
        fun of(answer: ClassAnswer, labels: List<String>): Guess {
            val likelihood = { k: Int -> Likelihood(labels[k], answer.probability[k]) }
            return Guess(likelihood(answer.likeliest()), answer.runnerUp()?.let(likelihood), answer.found)
        }
    }
}

/** A class by its label, and its probability. */
data class Likelihood(val label: String, val probability: Float)
