package io.apkiln.app.classify

import android.graphics.RectF
import androidx.annotation.ColorRes
import io.apkiln.app.R
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.fitting

/**
 * Draws the most probable class and those after it as bars as long as they are probable; says so if the model is unsure. Of few classes
 * the runner-up is drawn whatever its probability.
 */
internal class ClassBars(private val overlay: Overlay) {
    private val row = RectF(overlay.left, overlay.top, minOf(overlay.right, overlay.left + overlay.pixels(WIDTH_DP)), overlay.top)

    fun draw(answer: ClassAnswer) {
        if (answer.found) {
            drawRow(words(answer.first), answer.first.probability, R.color.class_first, FIRST_SP)
        } else {
            drawRow(overlay.resources.getString(R.string.class_unsure), 0f, R.color.class_other, FIRST_SP)
            drawRow(words(answer.first), answer.first.probability, R.color.class_other, OTHER_SP)
        }
        for (place in 1 until answer.count) {
            val other = answer.ranked(place)
            if (place > 1 && other.probability < WORTH_A_ROW) break
            drawRow(words(other), other.probability, R.color.class_other, OTHER_SP)
        }
        overlay.top = row.top
    }

    private fun words(likelihood: Likelihood): String = likelihood.words(overlay.resources)

    /** Draws a row, filled up to [share], and moves [row] below it. */
    private fun drawRow(words: String, share: Float, @ColorRes bar: Int, sp: Float) {
        val text = overlay.text(sp)
        val space = overlay.pixels(SPACE_DP)
        val canvas = overlay.canvas
        row.bottom = row.top + text.descent() - text.ascent() + space
        canvas.drawRoundRect(row, space, space, overlay.fill(R.color.class_plate))
        canvas.save()
        canvas.clipRect(row.left, row.top, row.left + row.width() * share.coerceIn(0f, 1f), row.bottom)
        canvas.drawRoundRect(row, space, space, overlay.fill(bar))
        canvas.restore()
        val fitting = words.fitting(row.width() - 2 * space, text, TAIL)
        canvas.drawText(fitting, row.left + space, row.top + space / 2 - text.ascent(), text)
        row.top = row.bottom + space / 2
    }

    private companion object {
        const val FIRST_SP = 22f
        const val OTHER_SP = 16f
        const val SPACE_DP = 8f
        const val WIDTH_DP = 344f

        /** Less is not drawn below the runner-up. */
        const val WORTH_A_ROW = 0.05f

        /** The length of " 100 %". */
        const val TAIL = 6
    }
}
