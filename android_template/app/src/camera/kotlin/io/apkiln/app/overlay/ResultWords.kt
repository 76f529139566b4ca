package io.apkiln.app.overlay

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.FrameResult
import kotlin.math.roundToInt

/** A result in words, for TalkBack: what its last answer says, or else where in the picture something was found. */
fun resultWords(resources: Resources, result: FrameResult?): String {
    val words = result?.answers?.mapNotNull { it.words(resources) }?.lastOrNull()
    if (words != null) return words
    val box = result?.location?.box ?: return resources.getString(R.string.overlay_searching)
    val place = PLACES[ninth(box, result.imageWidth, result.imageHeight)]
    return resources.getString(R.string.overlay_found, resources.getString(place))
}

/** A probability in whole percent. */
fun percent(probability: Float): Int = (100 * probability).roundToInt()

/** The ninth of the picture in which the centre of [box] lies, row by row. */
private fun ninth(box: FloatArray, imageWidth: Int, imageHeight: Int): Int =
    3 * third((box[1] + box[3]) / 2 / imageHeight) + third((box[0] + box[2]) / 2 / imageWidth)

private fun third(share: Float): Int = (3 * share).toInt().coerceIn(0, 2)

private val PLACES = listOf(
    R.string.place_top_left, R.string.place_top, R.string.place_top_right,
    R.string.place_left, R.string.place_middle, R.string.place_right,
    R.string.place_bottom_left, R.string.place_bottom, R.string.place_bottom_right,
)
