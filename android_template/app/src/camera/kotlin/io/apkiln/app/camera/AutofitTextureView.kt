package io.apkiln.app.camera

import android.content.Context
import android.graphics.Matrix
import android.graphics.RectF
import android.util.AttributeSet
import android.util.Size
import android.view.TextureView

/** A camera preview, as large as fits with the picture's aspect ratio, upright in every rotation of the display. */
class AutofitTextureView @JvmOverloads constructor(context: Context, attrs: AttributeSet? = null) :
    TextureView(context, attrs) {
    private var uprightWidth = 0
    private var uprightHeight = 0
    private var quarterTurns = 0

    /** The size of the camera's pictures as the sensor lies: the texture's buffers keep it, whatever size the view has. */
    var bufferSize: Size? = null
        set(value) {
            field = value
            keepBufferSize()
        }

    /** Sets the size of the upright picture, and the rotation of the display (Surface.ROTATION_*). */
    fun setPicture(uprightWidth: Int, uprightHeight: Int, displayRotation: Int) {
        this.uprightWidth = uprightWidth
        this.uprightHeight = uprightHeight
        quarterTurns = displayRotation
        requestLayout()
        turn(width, height)
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        val height = MeasureSpec.getSize(heightMeasureSpec)
        if (uprightWidth == 0 || uprightHeight == 0) {
            setMeasuredDimension(width, height)
        } else if (width * uprightHeight < height * uprightWidth) {
            setMeasuredDimension(width, width * uprightHeight / uprightWidth)
        } else {
            setMeasuredDimension(height * uprightWidth / uprightHeight, height)
        }
    }

    override fun onSizeChanged(w: Int, h: Int, oldw: Int, oldh: Int) {
        super.onSizeChanged(w, h, oldw, oldh) // gives the buffers the view's own size
        keepBufferSize()
        turn(w, h)
    }

    private fun keepBufferSize() {
        bufferSize?.let { surfaceTexture?.setDefaultBufferSize(it.width, it.height) }
    }

    /** The system stretches the picture, upright in the phone's natural orientation, over the view: undo that, then rotate. */
    private fun turn(width: Int, height: Int) {
        val view = RectF(0f, 0f, width.toFloat(), height.toFloat())
        val matrix = Matrix()
        if (quarterTurns % 2 == 1) {
            val natural = RectF(0f, 0f, view.height(), view.width())
            natural.offset(view.centerX() - natural.centerX(), view.centerY() - natural.centerY())
            matrix.setRectToRect(view, natural, Matrix.ScaleToFit.FILL)
        }
        matrix.postRotate(-QUARTER * quarterTurns, view.centerX(), view.centerY())
        setTransform(matrix)
    }

    private companion object {
        const val QUARTER = 90f
    }
}
