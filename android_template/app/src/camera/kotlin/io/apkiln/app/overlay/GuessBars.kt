package io.apkiln.app.overlay

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.util.TypedValue
import androidx.core.content.ContextCompat
import io.apkiln.app.R
import io.apkiln.app.model.Guess
import io.apkiln.app.model.Likelihood

/** The likeliest class and the runner-up as bars, as long as they are likely; says so where the model is not sure. */
class GuessBars(private val context: Context) {
    private val metrics = context.resources.displayMetrics
    private val plate = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.guess_plate) }
    private val sureBar = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.guess_bar) }
    private val otherBar = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.guess_other) }
    private val text = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.overlay_text) }

    private val row = RectF()

    /** Draws from [left] on, not beyond [most], from [top] on. */
    fun draw(canvas: Canvas, guess: Guess, left: Float, top: Float, most: Float) {
        val right = minOf(most, left + WIDTH_DP * metrics.density)
        row.set(left, top, right, top)
        if (guess.sure) {
            drawRow(canvas, words(guess.first), guess.first.probability, sureBar, FIRST_SP)
        } else {
            drawRow(canvas, context.getString(R.string.guess_unsure), 0f, otherBar, FIRST_SP)
            drawRow(canvas, words(guess.first), guess.first.probability, otherBar, OTHER_SP)
        }
        guess.second?.let { drawRow(canvas, words(it), it.probability, otherBar, OTHER_SP) }
    }

    private fun words(likelihood: Likelihood): String =
        context.getString(R.string.guess, likelihood.label, percent(likelihood.probability))

    /** Draws a row whose [share] is filled, and moves [row] below it. */
    private fun drawRow(canvas: Canvas, words: String, share: Float, bar: Paint, sp: Float) {
        text.textSize = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, sp, metrics)
        val space = SPACE_DP * metrics.density
        row.bottom = row.top + text.descent() - text.ascent() + space
        canvas.drawRoundRect(row, space, space, plate)
        canvas.save()
        canvas.clipRect(row.left, row.top, row.left + row.width() * share.coerceIn(0f, 1f), row.bottom)
        canvas.drawRoundRect(row, space, space, bar)
        canvas.restore()
        val shown = fitting(words, row.width() - 2 * space)
        canvas.drawText(shown, row.left + space, row.top + space / 2 - text.ascent(), text)
        row.top = row.bottom + space / 2
    }

    /** A label too long for its row loses its middle, so that its percentage stays. */
    private fun fitting(words: String, widest: Float): String {
        if (text.measureText(words) <= widest) return words
        val end = words.takeLast(TAIL)
        val room = widest - text.measureText(ELLIPSIS + end)
        return words.take(text.breakText(words, true, room.coerceAtLeast(0f), null)) + ELLIPSIS + end
    }

    private fun color(id: Int) = ContextCompat.getColor(context, id)

    private companion object {
        const val FIRST_SP = 22f
        const val OTHER_SP = 16f
        const val SPACE_DP = 8f
        const val WIDTH_DP = 344f
        const val ELLIPSIS = "…"

        /** As long as " 100 %". */
        const val TAIL = 6
    }
}
