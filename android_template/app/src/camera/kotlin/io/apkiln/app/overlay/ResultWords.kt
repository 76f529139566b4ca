package io.apkiln.app.overlay

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.FrameResult
import kotlin.math.roundToInt

/** A result in words, for TalkBack: what it is, or where in the picture. */
fun resultWords(resources: Resources, result: FrameResult): String {
    val guess = result.guess
    return when {
        guess?.sure == true -> resources.getString(R.string.guess, guess.first.label, percent(guess.first.probability))
        guess != null -> resources.getString(R.string.guess_unsure)
        !result.found -> resources.getString(R.string.overlay_searching)
        else -> resources.getString(R.string.overlay_found, resources.getString(PLACES[place(result)]))
    }
}

internal fun percent(probability: Float): Int = (100 * probability).roundToInt()

/** The ninth of the picture in which the middle of what was found lies, row by row. */
private fun place(result: FrameResult): Int {
    val box = result.box
    val points = result.points
    val x = if (box != null) (box[0] + box[2]) / 2 else points.indices.filter { it % 2 == 0 }.map { points[it] }.average().toFloat()
    val y = if (box != null) (box[1] + box[3]) / 2 else points.indices.filter { it % 2 == 1 }.map { points[it] }.average().toFloat()
    return 3 * third(y / result.imageHeight) + third(x / result.imageWidth)
}

private fun third(share: Float): Int = (3 * share).toInt().coerceIn(0, 2)

private val PLACES = listOf(
    R.string.place_top_left, R.string.place_top, R.string.place_top_right,
    R.string.place_left, R.string.place_middle, R.string.place_right,
    R.string.place_bottom_left, R.string.place_bottom, R.string.place_bottom_right,
)
