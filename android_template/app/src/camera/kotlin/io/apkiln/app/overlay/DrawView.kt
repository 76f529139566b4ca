package io.apkiln.app.overlay

import android.content.Context
import android.graphics.Canvas
import android.graphics.Path
import android.util.AttributeSet
import android.view.View
import io.apkiln.app.R
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.Location

/** Draws what the models found over the preview: a box around it, a label, and each answer as its kind draws it. */
class DrawView @JvmOverloads constructor(context: Context, attrs: AttributeSet? = null) : View(context, attrs) {
    private val overlay = Overlay(context)
    private val announcer = Announcer()
    private var result: FrameResult? = null
    private var label = ""

    /** See [Overlay.showsAllPoints]. */
    var showsAllPoints: Boolean
        get() = overlay.showsAllPoints
        set(value) {
            overlay.showsAllPoints = value
            invalidate()
        }

    init {
        accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE // TalkBack reads each new description by itself
    }

    /** Shows [result], received at [nanos] (monotonic), with [label] in the corner; null clears the view. */
    fun show(result: FrameResult?, label: String, nanos: Long) {
        if (result !== this.result) this.result?.recycle()
        this.result = result
        this.label = label
        announcer.next(nanos) { resultWords(resources, result) }?.let { contentDescription = it }
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val result = result ?: return
        if (width == 0 || height == 0) return
        overlay.open(canvas, this, result)
        result.location?.takeIf { it.framed }?.let(::drawBox)
        val labelTop = overlay.nextLine()
        result.answers.forEach { it.draw(overlay) }
        overlay.drawLabel(label, overlay.left, labelTop)
        if (result.isEmpty) overlay.drawLabel(resources.getString(R.string.overlay_searching), overlay.left, overlay.top)
    }

    private fun drawBox(location: Location) {
        val box = location.box
        val mapping = overlay.mapping
        overlay.path.addRect(mapping.x(box[0]), mapping.y(box[1]), mapping.x(box[2]), mapping.y(box[3]), Path.Direction.CW)
        overlay.drawLines(R.color.overlay_box)
        val percent = resources.getString(R.string.confidence, percent(location.confidence))
        overlay.drawLabel(percent, mapping.x(box[0]), mapping.y(box[3]))
    }
}
