package io.apkiln.app.overlay

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.util.AttributeSet
import android.util.TypedValue
import android.view.View
import androidx.annotation.ColorInt
import androidx.core.content.ContextCompat
import io.apkiln.app.R
import io.apkiln.app.model.FrameResult

/**
 * Draws what the models found over the preview: box, points and the lines that join them, classes, and a label.
 *
 * Everything is drawn twice, first wider and dark, so that it reads on any background.
 */
class DrawView @JvmOverloads constructor(context: Context, attrs: AttributeSet? = null) : View(context, attrs) {
    private val mapping = ViewMapping()
    private val guessBars = GuessBars(context)
    private val path = Path()
    private val outline = stroke(color(R.color.overlay_outline), LINE_DP + 2 * OUTLINE_DP)
    private val boxLine = stroke(color(R.color.overlay_box), LINE_DP)
    private val pointLine = stroke(color(R.color.overlay_point), LINE_DP)
    private val dark = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.overlay_outline) }
    private val pointFill = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.overlay_point) }
    private val text = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = color(R.color.overlay_text)
        textSize = pixels(LABEL_SP, TypedValue.COMPLEX_UNIT_SP)
    }
    private var result: FrameResult? = null
    private val nothingFound = context.getString(R.string.overlay_searching)
    private var label = ""
    private val announcer = Announcer()

    /** Shows [result], which came at [nanos] (monotonic), with [label] in the corner; null takes everything away. */
    fun show(result: FrameResult?, label: String, nanos: Long) {
        this.result = result
        this.label = label
        announcer.next(nanos) { result?.let { resultWords(resources, it) } ?: nothingFound }?.let { contentDescription = it }
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val result = result ?: return
        if (width == 0 || height == 0) return
        mapping.set(result.imageWidth, result.imageHeight, width, height)
        result.box?.let { drawBox(canvas, it, result.boxConfidence) }
        drawGroups(canvas, result)
        drawPoints(canvas, result)
        val space = pixels(LABEL_SPACE_DP)
        drawLabel(canvas, label, paddingLeft + space, paddingTop + space)
        val below = paddingTop + 2 * space + labelHeight()
        if (result.guess != null) {
            guessBars.draw(canvas, result.guess, paddingLeft + space, below, width - paddingRight - space)
        } else if (!result.found) {
            drawLabel(canvas, nothingFound, paddingLeft + space, below)
        }
    }

    private fun drawBox(canvas: Canvas, box: FloatArray, confidence: Float) {
        path.rewind()
        path.addRect(mapping.x(box[0]), mapping.y(box[1]), mapping.x(box[2]), mapping.y(box[3]), Path.Direction.CW)
        canvas.drawPath(path, outline)
        canvas.drawPath(path, boxLine)
        val percent = context.getString(R.string.confidence, percent(confidence))
        drawLabel(canvas, percent, mapping.x(box[0]), mapping.y(box[3]))
    }

    private fun drawGroups(canvas: Canvas, result: FrameResult) {
        if (result.points.isEmpty()) return
        path.rewind()
        for (group in result.groups) {
            for ((step, k) in group.withIndex()) {
                val x = mapping.x(result.points[2 * k])
                val y = mapping.y(result.points[2 * k + 1])
                if (step == 0) path.moveTo(x, y) else path.lineTo(x, y)
            }
        }
        canvas.drawPath(path, outline)
        canvas.drawPath(path, pointLine)
    }

    private fun drawPoints(canvas: Canvas, result: FrameResult) {
        val radius = pixels(POINT_DP)
        for (k in 0 until result.points.size / 2) {
            val x = mapping.x(result.points[2 * k])
            val y = mapping.y(result.points[2 * k + 1])
            pointFill.alpha = (result.confidence[k].coerceIn(FAINTEST, 1f) * OPAQUE).toInt()
            canvas.drawCircle(x, y, radius + pixels(OUTLINE_DP), dark)
            canvas.drawCircle(x, y, radius, pointFill)
        }
    }

    /** [words] on a dark plate whose corner is ([left], [top]), moved as far as it takes to be whole on the view. */
    private fun drawLabel(canvas: Canvas, words: String, left: Float, top: Float) {
        if (words.isEmpty()) return
        val space = pixels(LABEL_SPACE_DP)
        val plateWidth = text.measureText(words) + 2 * space
        val x = left.coerceAtMost(width - paddingRight - plateWidth).coerceAtLeast(paddingLeft.toFloat())
        val y = top.coerceAtMost(height - paddingBottom - labelHeight()).coerceAtLeast(paddingTop.toFloat())
        canvas.drawRoundRect(x, y, x + plateWidth, y + labelHeight(), space, space, dark)
        canvas.drawText(words, x + space, y + space / 2 - text.ascent(), text)
    }

    private fun labelHeight() = text.descent() - text.ascent() + pixels(LABEL_SPACE_DP)

    private fun stroke(@ColorInt lineColor: Int, widthDp: Float) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeJoin = Paint.Join.ROUND
        strokeCap = Paint.Cap.ROUND
        color = lineColor
        strokeWidth = pixels(widthDp)
    }

    private fun color(id: Int) = ContextCompat.getColor(context, id)

    private fun pixels(value: Float, unit: Int = TypedValue.COMPLEX_UNIT_DIP) =
        TypedValue.applyDimension(unit, value, resources.displayMetrics)

    private companion object {
        const val LINE_DP = 2.5f
        const val OUTLINE_DP = 1.5f
        const val POINT_DP = 4f
        const val LABEL_SP = 14f
        const val LABEL_SPACE_DP = 8f
        const val FAINTEST = 0.3f
        const val OPAQUE = 255
    }
}
