package io.apkiln.app.chart

import android.content.Context
import android.graphics.Canvas
import android.graphics.DashPathEffect
import android.graphics.Paint
import android.graphics.RectF
import android.util.TypedValue
import androidx.annotation.ColorRes
import androidx.core.content.ContextCompat
import io.apkiln.app.R

/** Paints of the charts, in the colours of light or dark mode, with widths that are the same on every screen. */
internal class ChartStyle(private val context: Context) {
    val grid = stroke(R.color.chart_grid, GRID_DP)
    val probability = stroke(R.color.chart_probability, LINE_DP)
    val channel = stroke(R.color.chart_channel, LINE_DP)
    val threshold = stroke(R.color.chart_threshold, THRESHOLD_DP).apply {
        pathEffect = DashPathEffect(floatArrayOf(pixels(DASH_DP), pixels(DASH_DP)), 0f)
    }
    val alarm = Paint().apply { color = color(R.color.chart_alarm) }
    val text = text(R.color.chart_text)
    val thresholdText = text(R.color.chart_threshold)

    val textHeight: Float get() = text.descent() - text.ascent()

    fun pixels(value: Float, unit: Int = TypedValue.COMPLEX_UNIT_DIP): Float =
        TypedValue.applyDimension(unit, value, context.resources.displayMetrics)

    /** Draws [words] from [left] on, below [top], cut off at [right]. */
    fun drawText(canvas: Canvas, words: String, left: Float, top: Float, right: Float) {
        val room = right - left
        val fitting = if (text.measureText(words) <= room) {
            words
        } else {
            val count = text.breakText(words, true, (room - text.measureText(ELLIPSIS)).coerceAtLeast(0f), null)
            words.take(count).trimEnd() + ELLIPSIS
        }
        canvas.drawText(fitting, left, top - text.ascent(), text)
    }

    /** Draws [words] at the top left of [area], and [end] at the top right; rather smaller than cut off. */
    fun drawTitle(canvas: Canvas, words: String, end: String, area: RectF) {
        val usual = text.textSize
        val wanted = text.measureText(words) + text.measureText(end)
        val room = (area.width() - pixels(GAP_DP)) * SPARE
        if (wanted > room) text.textSize = usual * (room / wanted).coerceAtLeast(SMALLEST_SHARE)
        val endLeft = area.right - text.measureText(end)
        canvas.drawText(end, endLeft, area.top - text.ascent(), text)
        drawText(canvas, words, area.left, area.top, endLeft - pixels(GAP_DP))
        text.textSize = usual
    }

    private fun stroke(@ColorRes lineColor: Int, widthDp: Float) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeJoin = Paint.Join.ROUND
        strokeCap = Paint.Cap.ROUND
        color = color(lineColor)
        strokeWidth = pixels(widthDp)
    }

    private fun text(@ColorRes textColor: Int) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = color(textColor)
        textSize = pixels(TEXT_SP, TypedValue.COMPLEX_UNIT_SP)
    }

    private fun color(@ColorRes id: Int) = ContextCompat.getColor(context, id)

    private companion object {
        const val GRID_DP = 1f
        const val LINE_DP = 2f
        const val THRESHOLD_DP = 1.5f
        const val DASH_DP = 4f
        const val GAP_DP = 8f
        const val ELLIPSIS = "…"
        const val TEXT_SP = 14f
        const val SMALLEST_SHARE = 0.6f

        /** Letters don't shrink quite in proportion. */
        const val SPARE = 0.97f
    }
}
