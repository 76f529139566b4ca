package io.apkiln.app.chart

import android.graphics.Canvas
import android.graphics.Path
import android.graphics.RectF
import io.apkiln.app.model.ModelContract
import java.util.Locale
import kotlin.math.abs
import kotlin.math.ceil

/**
 * The channels in the last window, each in a plot of its own with its name and newest value.
 *
 * The range of a plot is that of the training data, extended if the window exceeds it, so that noise looks like noise.
 */
internal class ChannelPlots(private val style: ChartStyle) {
    private val path = Path()
    private val plot = RectF()
    private var names = emptyList<String>()
    private var lowest = FloatArray(0)
    private var highest = FloatArray(0)
    private var length = 0

    fun setUp(contract: ModelContract) {
        names = contract.input.channels
        lowest = contract.normalization.mean.toFloatArray()
        highest = FloatArray(lowest.size) { lowest[it] + contract.normalization.std[it] }
        length = contract.input.shape[1]
    }

    /** Draws [channels], oldest sample first; null if there are none yet. */
    fun draw(canvas: Canvas, area: RectF, channels: List<FloatArray>?) {
        if (names.isEmpty()) return
        val fitting = (area.height() / rowHeight()).toInt().coerceAtLeast(1)
        val columns = ceil(names.size.toFloat() / fitting).toInt().coerceAtMost(mostColumns(area.width()))
        val rows = (names.size + columns - 1) / columns
        val gap = style.pixels(GAP_DP)
        val width = (area.width() - gap * (columns - 1)) / columns
        val height = area.height() / rows
        for (c in names.indices) {
            val left = area.left + c % columns * (width + gap)
            val top = area.top + c / columns * height
            drawChannel(canvas, c, channels?.get(c) ?: NOTHING, RectF(left, top, left + width, top + height - gap))
        }
    }

    /** The height that all channels need at this width. */
    fun leastHeight(width: Float): Float = ceil(names.size.toFloat() / mostColumns(width)) * rowHeight()

    private fun rowHeight() = style.textHeight + style.pixels(PLOT_DP)

    /** As many as leave room for their titles. */
    private fun mostColumns(width: Float): Int {
        val gap = style.pixels(GAP_DP)
        val widest = names.maxOf { style.text.measureText(it + LONGEST_NUMBER) } + gap
        return ((width + gap) / (widest + gap)).toInt().coerceIn(1, MOST_COLUMNS)
    }

    private fun drawChannel(canvas: Canvas, c: Int, values: FloatArray, cell: RectF) {
        val newest = values.lastOrNull()?.let(::shortNumber).orEmpty()
        style.drawTitle(canvas, names[c], newest, cell)
        plot.set(cell.left, cell.top + style.textHeight, cell.right, cell.bottom)
        canvas.drawLine(plot.left, plot.bottom, plot.right, plot.bottom, style.grid)
        if (values.isEmpty()) return
        val low = minOf(lowest[c], values.min())
        val range = (maxOf(highest[c], values.max()) - low).takeIf { it > 0 } ?: 1f
        path.rewind()
        for ((i, value) in values.withIndex()) {
            val x = plot.right - plot.width() * (values.size - 1 - i) / (length - 1)
            val y = plot.bottom - plot.height() * (value - low) / range
            if (i == 0) path.moveTo(x, y) else path.lineTo(x, y)
        }
        canvas.drawPath(path, style.channel)
    }

    /** About four digits; never -0. */
    private fun shortNumber(value: Float): String {
        val size = abs(value)
        val pattern = when {
            size >= 1e6 || size > 0 && size < 1e-2 -> "%.2e"
            size >= 1000 -> "%.0f"
            size >= 100 -> "%.1f"
            else -> "%.2f"
        }
        return String.format(Locale.getDefault(), pattern, value + 0f)
    }

    private companion object {
        const val GAP_DP = 8f
        const val PLOT_DP = 32f
        const val MOST_COLUMNS = 4
        const val LONGEST_NUMBER = "-0000.0"
        val NOTHING = FloatArray(0)
    }
}
