package io.apkiln.app.chart

import android.content.Context
import android.graphics.Canvas
import android.graphics.RectF
import android.util.AttributeSet
import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import io.apkiln.app.R
import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.window.History
import io.apkiln.app.window.WindowResult
import kotlin.math.ceil

/**
 * p(Abnormal) over the last [HISTORY] windows, and the channels in the last window: one above the other if the view is
 * high, side by side if it is wide.
 */
class ChartView @JvmOverloads constructor(context: Context, attrs: AttributeSet? = null) : View(context, attrs) {
    private val style = ChartStyle(context)
    private val history = History(HISTORY)
    private val probabilityPlot = ProbabilityPlot(context, style)
    private val channelPlots = ChannelPlots(style)
    private val upper = RectF()
    private val lower = RectF()
    private val plots = RectF()
    private var contract: ModelContract? = null
    private var result: WindowResult? = null

    /** Sets the model to show; once, before everything else. */
    fun setUp(contract: ModelContract) {
        this.contract = contract
        channelPlots.setUp(contract)
    }

    /** Adds the result after one more sample. */
    fun show(result: WindowResult) {
        this.result = result
        result.answer?.let(history::add)
        invalidate()
    }

    fun clear() {
        history.clear()
        result = null
        invalidate()
    }

    /** As high as required, or if it may choose, as high as its content: then the screen scrolls. */
    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        val exact = MeasureSpec.getMode(heightMeasureSpec) == MeasureSpec.EXACTLY
        setMeasuredDimension(width, if (exact) MeasureSpec.getSize(heightMeasureSpec) else leastHeight(width.toFloat()))
    }

    /** Side by side if that is not higher than wide, otherwise one above the other. */
    private fun leastHeight(width: Float): Int {
        val gap = style.pixels(GAP_DP)
        val title = style.textHeight + style.pixels(TITLE_DP)
        val probability = title + style.pixels(LEAST_PROBABILITY_DP)
        val beside = maxOf(probability, title + channelPlots.leastHeight((width - gap) / 2))
        if (beside < width) return ceil(beside).toInt()
        val samples = title + channelPlots.leastHeight(width)
        return ceil(maxOf(probability + gap + samples, samples / (1 - PROBABILITY_SHARE) + gap)).toInt()
    }

    override fun onSizeChanged(w: Int, h: Int, oldw: Int, oldh: Int) {
        super.onSizeChanged(w, h, oldw, oldh)
        val gap = style.pixels(GAP_DP)
        val (width, height) = w.toFloat() to h.toFloat()
        if (h >= w) {
            val middle = maxOf(height * PROBABILITY_SHARE, minOf(height / 2, style.pixels(PROBABILITY_DP)))
            upper.set(0f, 0f, width, middle - gap / 2)
            lower.set(0f, middle + gap / 2, width, height)
        } else {
            upper.set(0f, 0f, (width - gap) / 2, height)
            lower.set((width + gap) / 2, 0f, width, height)
        }
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val contract = contract ?: return
        val (interval, threshold) = contract.decoder<Decoder.Window>()
        probabilityPlot.draw(canvas, upper, history, threshold, spanText(context, interval * HISTORY))
        val samples = context.getString(R.string.chart_samples)
        style.drawTitle(canvas, samples, spanText(context, interval * contract.input.shape[1]), lower)
        plots.set(lower.left, lower.top + style.textHeight + style.pixels(TITLE_DP), lower.right, lower.bottom)
        channelPlots.draw(canvas, plots, result?.channels)
    }

    /** Set when TalkBack asks, not with each sample. */
    override fun onInitializeAccessibilityNodeInfo(info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(info)
        val probability = result?.answer?.probability ?: return
        val threshold = contract?.decoder<Decoder.Window>()?.threshold ?: return
        info.contentDescription = context.getString(R.string.chart_now, percent(probability), percent(threshold))
    }

    private companion object {
        const val HISTORY = 240
        const val GAP_DP = 16f
        const val TITLE_DP = 4f
        const val PROBABILITY_DP = 180f
        const val LEAST_PROBABILITY_DP = 96f
        const val PROBABILITY_SHARE = 0.3f
    }
}

/** A probability in whole percent. */
internal fun percent(probability: Float): Int = Math.round(100 * probability)
