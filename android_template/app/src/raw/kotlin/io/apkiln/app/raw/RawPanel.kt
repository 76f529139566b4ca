package io.apkiln.app.raw

import android.graphics.Paint
import io.apkiln.app.R
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.fitting

/** Draws a card for each output, in two columns where the view is wider than high; as many as fit above the line of text below. */
internal class RawPanel(private val overlay: Overlay) {
    private val space = overlay.pixels(SPACE_DP)
    private val columns = if (overlay.right - overlay.left > overlay.bottom - overlay.top) 2 else 1
    private val width = (overlay.right - overlay.left - space * (columns - 1)) / columns

    fun draw(answer: RawAnswer) {
        val from = overlay.top
        val step = height() + space
        val room = overlay.bottom - STATUS_LINES * lineHeight(NAME_SP) - overlay.pixels(STATUS_DP) - from
        val all = cardsIn(room, step)
        val shown = minOf(answer.outputs.size, if (answer.count <= all) all else cardsIn(room - lineHeight(NAME_SP) - 2 * space, step))
        for (index in 0 until shown) {
            drawCard(answer.outputs[index], overlay.left + index % columns * (width + space), from + index / columns * step)
        }
        overlay.top = from + (shown + columns - 1) / columns * step
        val more = answer.count - shown
        if (more == 0) return
        overlay.drawLabel(overlay.resources.getQuantityString(R.plurals.raw_more, more, more), overlay.left, overlay.nextLine())
    }

    private fun cardsIn(room: Float, step: Float): Int = columns * (room / step).toInt().coerceAtLeast(1)

    private fun drawCard(output: OutputFigures, left: Float, top: Float) {
        overlay.canvas.drawRoundRect(left, top, left + width, top + height(), space, space, overlay.fill(R.color.raw_plate))
        val barsLeft = left + width - space - overlay.pixels(BARS_DP)
        drawBars(output, barsLeft, top + space, barsLeft + overlay.pixels(BARS_DP), top + height() - space)
        var y = top + space / 2
        val shape = output.tensor.shape.joinToString(" × ")
        y = drawLine("${output.tensor.name}  $shape", left, y, barsLeft, NAME_SP, shape.length + 2)
        val strange = if (output.strange == 0) "" else "  " + overlay.resources.getString(R.string.raw_strange, output.strange)
        y = drawLine(output.range(overlay.resources) + strange, left, y, barsLeft, VALUE_SP)
        drawLine(output.largest(overlay.resources), left, y, barsLeft, VALUE_SP)
    }

    /** Draws a line that ends before [right], with its last [tail] letters; returns where the next one begins. */
    private fun drawLine(words: String, left: Float, top: Float, right: Float, sp: Float, tail: Int = 0): Float {
        val text = overlay.text(sp)
        overlay.canvas.drawText(words.fitting(right - left - 2 * space, text, tail), left + space, top - text.ascent(), text)
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

        /** What the status at the lower edge takes, even where letters are large. */
        const val STATUS_LINES = 3
        const val STATUS_DP = 28f
    }
}
