package io.apkiln.app.raw

import android.graphics.Paint
import android.text.TextPaint
import android.text.TextUtils
import io.apkiln.app.R
import io.apkiln.app.overlay.Overlay

/** Draws a card for each output, in two columns where the view is wider than high. */
internal class RawPanel(private val overlay: Overlay) {
    private val space = overlay.pixels(SPACE_DP)
    private val columns = if (overlay.right - overlay.left > overlay.bottom - overlay.top) 2 else 1
    private val width = (overlay.right - overlay.left - space * (columns - 1)) / columns

    fun draw(answer: RawAnswer) {
        val from = overlay.top
        var lowest = from
        for ((index, output) in answer.outputs.withIndex()) {
            val left = overlay.left + index % columns * (width + space)
            val top = from + index / columns * (height() + space)
            drawCard(output, left, top)
            lowest = top + height() + space
        }
        overlay.top = lowest
        val more = answer.count - answer.outputs.size
        if (more > 0) overlay.drawLabel(overlay.resources.getQuantityString(R.plurals.raw_more, more, more), overlay.left, overlay.nextLine())
    }

    private fun drawCard(output: OutputFigures, left: Float, top: Float) {
        overlay.canvas.drawRoundRect(left, top, left + width, top + height(), space, space, overlay.fill(R.color.raw_plate))
        val barsLeft = left + width - space - overlay.pixels(BARS_DP)
        drawBars(output, barsLeft, top + space, barsLeft + overlay.pixels(BARS_DP), top + height() - space)
        var y = top + space / 2
        y = drawLine("${output.tensor.name}  ${output.tensor.shape.joinToString(" × ")}", left, y, barsLeft, NAME_SP)
        val strange = if (output.strange == 0) "" else "  " + overlay.resources.getString(R.string.raw_strange, output.strange)
        y = drawLine(output.range(overlay.resources) + strange, left, y, barsLeft, VALUE_SP)
        drawLine(output.largest(overlay.resources), left, y, barsLeft, VALUE_SP)
    }

    /** Draws a line that ends before [right]; returns where the next one begins. */
    private fun drawLine(words: String, left: Float, top: Float, right: Float, sp: Float): Float {
        val text = overlay.text(sp)
        val fitting = TextUtils.ellipsize(words, TextPaint(text), right - left - 2 * space, TextUtils.TruncateAt.END)
        overlay.canvas.drawText(fitting, 0, fitting.length, left + space, top - text.ascent(), text)
        return top + text.descent() - text.ascent()
    }

    /** The lowest values on the left; a value that is there is seen. */
    private fun drawBars(output: OutputFigures, left: Float, top: Float, right: Float, bottom: Float) {
        val most = output.bins.max().coerceAtLeast(1)
        val step = (right - left) / output.bins.size
        val paint: Paint = overlay.fill(R.color.raw_bar)
        overlay.canvas.drawRect(left, bottom, right, bottom + overlay.pixels(1f), paint)
        for ((index, count) in output.bins.withIndex()) {
            if (count == 0) continue
            val height = maxOf((bottom - top) * count / most, overlay.pixels(1f))
            overlay.canvas.drawRect(left + index * step, bottom - height, left + (index + 1) * step - step / 4, bottom, paint)
        }
    }

    private fun height(): Float = lineHeight(NAME_SP) + 2 * lineHeight(VALUE_SP) + space

    private fun lineHeight(sp: Float): Float = overlay.text(sp).run { descent() - ascent() }

    private companion object {
        const val SPACE_DP = 8f
        const val BARS_DP = 96f
        const val NAME_SP = 14f
        const val VALUE_SP = 12f
    }
}
