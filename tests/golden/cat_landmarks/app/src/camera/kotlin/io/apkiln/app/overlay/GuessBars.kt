package io.apkiln.app.overlay

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
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

    /** Draws from [left] on, not beyond [most], from [top] on. */
    fun draw(canvas: Canvas, guess: Guess, left: Float, top: Float, most: Float) {
        val right = minOf(most, left + WIDTH_DP * metrics.density)
        var y = top
        if (!guess.sure) y = drawRow(canvas, context.getString(R.string.guess_unsure), null, otherBar, FIRST_SP, left, y, right)
        val bar = if (guess.sure) sureBar else otherBar
        y = drawRow(canvas, words(guess.first), guess.first, bar, if (guess.sure) FIRST_SP else OTHER_SP, left, y, right)
        guess.second?.let { drawRow(canvas, words(it), it, otherBar, OTHER_SP, left, y, right) }
    }

    /** The guess in words, for TalkBack. */
    fun describe(guess: Guess): String =
        if (guess.sure) guess.first.label else context.getString(R.string.guess_unsure)

    private fun words(likelihood: Likelihood): String =
        context.getString(R.string.guess, likelihood.label, Math.round(PERCENT * likelihood.probability))

    private fun drawRow(
        canvas: Canvas, words: String, of: Likelihood?, bar: Paint, sp: Float, left: Float, top: Float, right: Float,
    ): Float {
        text.textSize = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, sp, metrics)
        val space = SPACE_DP * metrics.density
        val bottom = top + text.descent() - text.ascent() + space
        canvas.drawRoundRect(left, top, right, bottom, space, space, plate)
        if (of != null) {
            canvas.save()
            canvas.clipRect(left, top, left + (right - left) * of.probability.coerceIn(0f, 1f), bottom)
            canvas.drawRoundRect(left, top, right, bottom, space, space, bar)
            canvas.restore()
        }
        val shown = fitting(words, right - left - 2 * space)
        canvas.drawText(shown, left + space, top + space / 2 - text.ascent(), text)
        return bottom + space / 2
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
        const val PERCENT = 100
        const val ELLIPSIS = "…"

        /** As long as " 100 %". */
        const val TAIL = 6
    }
}
