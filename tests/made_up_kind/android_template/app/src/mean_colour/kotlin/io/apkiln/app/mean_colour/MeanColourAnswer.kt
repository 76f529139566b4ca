package io.apkiln.app.mean_colour

import io.apkiln.app.model.Answer
import kotlin.math.roundToInt

/** The mean colour of a region: [rgb] has red, green and blue, from 0 to 1. */
class MeanColourAnswer : Answer {
    val rgb = FloatArray(3)
    override val found get() = true

    /** Red, green and blue as one number, 0xRRGGBB. */
    val color: Int get() = rgb.fold(0) { color, level -> (color shl 8) or (255 * level).roundToInt().coerceIn(0, 255) }

    override fun meanConfidence() = 1f
}
