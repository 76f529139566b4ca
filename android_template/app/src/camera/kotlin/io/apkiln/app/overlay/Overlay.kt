package io.apkiln.app.overlay

import android.content.Context
import android.content.res.Resources
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.util.SparseArray
import android.util.TypedValue
import android.view.View
import androidx.annotation.ColorInt
import androidx.annotation.ColorRes
import androidx.core.content.ContextCompat
import io.apkiln.app.R
import io.apkiln.app.model.FrameResult

/**
 * What answers are drawn on: a canvas over the preview, and paints that can be read on any background.
 *
 * Lines, dots and labels have a dark outline. Coordinates are pixels of the view; [mapping] has those of the picture.
 */
class Overlay(private val context: Context) {
    private val metrics = context.resources.displayMetrics
    private val fills = SparseArray<Paint>()
    private val outline = stroke(color(R.color.overlay_outline), LINE_DP + 2 * OUTLINE_DP)
    private val line = stroke(color(R.color.overlay_point), LINE_DP)
    private val letters = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(R.color.overlay_text) }

    val resources: Resources get() = context.resources
    val mapping = ViewMapping()

    /** Whether all points of an answer are drawn, those that it isn't about too. */
    var showsAllPoints = false

    /** For lines: [drawLines] empties it. */
    val path = Path()

    lateinit var canvas: Canvas
        private set

    /** Where texts in the corner begin and end; [top] is below those that are there. */
    var left = 0f
        private set
    var right = 0f
        private set
    var top = 0f

    /** The lower end of what may be drawn. */
    val bottom: Float get() = viewBottom - pixels(SPACE_DP)

    private var viewLeft = 0f
    private var viewTop = 0f
    private var viewRight = 0f
    private var viewBottom = 0f

    /** Draws [result] on [canvas], the one of [view], from now on. */
    fun open(canvas: Canvas, view: View, result: FrameResult) {
        this.canvas = canvas
        mapping.set(result.imageWidth, result.imageHeight, view.width, view.height)
        viewLeft = view.paddingLeft.toFloat()
        viewTop = view.paddingTop.toFloat()
        viewRight = (view.width - view.paddingRight).toFloat()
        viewBottom = (view.height - view.paddingBottom).toFloat()
        left = viewLeft + pixels(SPACE_DP)
        right = viewRight - pixels(SPACE_DP)
        top = viewTop + pixels(SPACE_DP)
    }

    /** Draws [path] in [lineColor]. */
    fun drawLines(@ColorRes lineColor: Int = R.color.overlay_point) {
        line.color = color(lineColor)
        canvas.drawPath(path, outline)
        canvas.drawPath(path, line)
        path.rewind()
    }

    /** Draws a dot at ([x], [y]), as opaque as [opacity], from 0 to 1. */
    fun drawDot(x: Float, y: Float, opacity: Float, @ColorRes dotColor: Int = R.color.overlay_point) {
        val paint = fill(dotColor)
        val opaque = paint.alpha
        paint.alpha = (opacity * opaque).toInt()
        canvas.drawCircle(x, y, pixels(DOT_DP + OUTLINE_DP), fill(R.color.overlay_outline))
        canvas.drawCircle(x, y, pixels(DOT_DP), paint)
        paint.alpha = opaque
    }

    /** Draws [words] on a plate whose corner is ([x], [y]), moved as far as needed to fit on the view. */
    fun drawLabel(words: String, x: Float, y: Float) {
        if (words.isEmpty()) return
        val labelTop = y.coerceAtMost(viewBottom - labelHeight()).coerceAtLeast(viewTop)
        drawPlate(words, x, labelTop, R.color.overlay_outline, R.color.overlay_text)
    }

    /**
     * Draws [words] on a plate in [tagColor] that stands on the upper left corner ([x], [y]) of what they are about, or hangs into it
     * where it would be above [top].
     */
    fun drawTag(words: String, x: Float, y: Float, @ColorRes tagColor: Int) {
        val height = labelHeight()
        val tagTop = if (y - height >= top) y - height else maxOf(y, top)
        drawPlate(words, x, tagTop.coerceAtMost(viewBottom - height), tagColor, R.color.overlay_dark_text)
    }

    /** Draws [words] on a plate in [keyColor] as the next line in the corner. */
    fun drawKey(words: String, @ColorRes keyColor: Int) = drawPlate(words, left, nextLine(), keyColor, R.color.overlay_dark_text)

    private fun drawPlate(words: String, x: Float, plateTop: Float, @ColorRes plateColor: Int, @ColorRes lettersColor: Int) {
        val text = text(LABEL_SP)
        val space = pixels(SPACE_DP)
        val width = text.measureText(words) + 2 * space
        val plateLeft = x.coerceAtMost(viewRight - width).coerceAtLeast(viewLeft)
        canvas.drawRoundRect(plateLeft, plateTop, plateLeft + width, plateTop + labelHeight(), space, space, fill(plateColor))
        text.color = color(lettersColor)
        canvas.drawText(words, plateLeft + space, plateTop + space / 2 - text.ascent(), text)
        text.color = color(R.color.overlay_text)
    }

    /** The top of the next label in the corner; moves [top] below that. */
    fun nextLine(): Float = top.also { top += labelHeight() + pixels(SPACE_DP) }

    /** The paint for areas in a colour; the same one each time. */
    fun fill(@ColorRes fillColor: Int): Paint =
        fills.get(fillColor) ?: Paint(Paint.ANTI_ALIAS_FLAG).apply { color = color(fillColor) }.also { fills.put(fillColor, it) }

    /** The paint for letters of [sp]; the same one each time. */
    fun text(sp: Float): Paint = letters.apply { textSize = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, sp, metrics) }

    fun pixels(dp: Float): Float = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, dp, metrics)

    private fun labelHeight(): Float = text(LABEL_SP).run { descent() - ascent() } + pixels(SPACE_DP)

    private fun color(@ColorRes id: Int) = ContextCompat.getColor(context, id)

    private fun stroke(@ColorInt lineColor: Int, widthDp: Float) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeJoin = Paint.Join.ROUND
        strokeCap = Paint.Cap.ROUND
        color = lineColor
        strokeWidth = pixels(widthDp)
    }

    private companion object {
        const val LINE_DP = 2.5f
        const val OUTLINE_DP = 1.5f
        const val DOT_DP = 4f
        const val LABEL_SP = 14f
        const val SPACE_DP = 8f
    }
}
