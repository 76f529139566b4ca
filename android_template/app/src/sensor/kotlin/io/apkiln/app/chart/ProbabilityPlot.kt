package io.apkiln.app.chart

import android.content.Context
import android.graphics.Canvas
import android.graphics.Path
import android.graphics.RectF
import io.apkiln.app.R
import io.apkiln.app.window.History

/** p(Abnormal) from 0 to 1, the newest at the right end, with the threshold and the times of alarm. */
internal class ProbabilityPlot(private val context: Context, private val style: ChartStyle) {
    private val path = Path()
    private val plot = RectF()

    /** [span] is the time that the plot's width covers, in words. */
    fun draw(canvas: Canvas, area: RectF, history: History, threshold: Float, span: String) {
        val gap = style.pixels(GAP_DP)
        val now = if (history.count > 0) percent(history.probability(history.count - 1)) else null
        val title = now?.let { context.getString(R.string.chart_title_now, it) }
        style.drawTitle(canvas, title ?: context.getString(R.string.chart_title), span, area)
        plot.set(area.left, area.top + style.textHeight + gap, area.right, area.bottom)
        drawAlarms(canvas, history)
        canvas.drawRect(plot, style.grid)
        drawThreshold(canvas, threshold, gap)
        path.rewind()
        for (i in 0 until history.count) {
            val x = x(i, history)
            val y = y(history.probability(i))
            if (i == 0) path.moveTo(x, y) else path.lineTo(x, y)
        }
        canvas.drawPath(path, style.probability)
    }

    /** An alarm of one window is as wide as the distance to the next window. */
    private fun drawAlarms(canvas: Canvas, history: History) {
        val half = plot.width() / (history.capacity - 1) / 2
        var start = 0
        for (i in 0..history.count) {
            if (i < history.count && history.alarm(i)) continue
            if (start < i) {
                val left = (x(start, history) - half).coerceAtLeast(plot.left)
                val right = (x(i - 1, history) + half).coerceAtMost(plot.right)
                canvas.drawRect(left, plot.top, right, plot.bottom, style.alarm)
            }
            start = i + 1
        }
    }

    private fun drawThreshold(canvas: Canvas, threshold: Float, gap: Float) {
        val height = y(threshold)
        path.rewind()
        path.moveTo(plot.left, height)
        path.lineTo(plot.right, height)
        canvas.drawPath(path, style.threshold)
        val words = context.getString(R.string.chart_threshold, percent(threshold))
        val above = height - style.textHeight - gap >= plot.top
        val baseline = if (above) height - gap - style.text.descent() else height + gap - style.text.ascent()
        canvas.drawText(words, plot.left + gap, baseline, style.thresholdText)
    }

    private fun x(i: Int, history: History): Float =
        plot.right - plot.width() * (history.count - 1 - i) / (history.capacity - 1)

    private fun y(probability: Float): Float = plot.bottom - plot.height() * probability.coerceIn(0f, 1f)

    private companion object {
        const val GAP_DP = 4f
    }
}
