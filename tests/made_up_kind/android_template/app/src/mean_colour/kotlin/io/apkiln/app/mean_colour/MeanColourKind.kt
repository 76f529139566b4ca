package io.apkiln.app.mean_colour

import android.content.res.Resources
import android.graphics.Color
import android.graphics.Paint
import io.apkiln.app.R
import io.apkiln.app.model.ModelContract
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.task.PictureKind
import java.util.Locale

/** The mean colour of the picture, as a swatch with its hex value. */
object MeanColourKind : PictureKind<MeanColourAnswer> {
    private const val SWATCH_DP = 64f

    override fun decoder(contract: ModelContract) = MeanColourDecoder(contract)

    override fun draw(answer: MeanColourAnswer, overlay: Overlay) {
        val side = overlay.pixels(SWATCH_DP)
        val (left, top) = overlay.left to overlay.top
        val paint = Paint().apply { color = Color.BLACK or answer.color }
        overlay.canvas.drawRect(left, top, left + side, top + side, paint)
        overlay.drawLabel(hex(answer), left + side, top)
        overlay.top += side
    }

    override fun words(answer: MeanColourAnswer, resources: Resources): String =
        resources.getString(R.string.mean_colour, hex(answer))

    private fun hex(answer: MeanColourAnswer) = String.format(Locale.ROOT, "#%06X", answer.color)
}
