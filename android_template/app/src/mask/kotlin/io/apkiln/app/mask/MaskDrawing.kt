package io.apkiln.app.mask

import android.graphics.Bitmap
import android.graphics.Paint
import android.graphics.RectF
import io.apkiln.app.R
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.classColor
import io.apkiln.app.overlay.percent

/** Tints what masks show; its bitmap serves every frame. For the main thread. */
internal class MaskDrawing {
    private var bitmap: Bitmap? = null
    private var pixels = IntArray(0)
    private val tints = IntArray(256)
    private val place = RectF()

    /** Smooth edges where a cell is many pixels. */
    private val smooth = Paint(Paint.FILTER_BITMAP_FLAG)

    fun draw(answer: MaskAnswer, overlay: Overlay) {
        val mapping = overlay.mapping
        val (left, top, right, bottom) = answer.edges
        place.set(mapping.x(left), mapping.y(top), mapping.x(right), mapping.y(bottom))
        val canvas = overlay.canvas
        canvas.save()
        canvas.rotate(90f * answer.turn, place.centerX(), place.centerY())
        if (answer.turn % 2 != 0) place.inset((place.width() - place.height()) / 2, (place.height() - place.width()) / 2)
        canvas.drawBitmap(filled(answer, overlay), null, place, smooth)
        canvas.restore()
        for (kind in answer.largest(MOST_NAMED)) {
            val name = answer.name(kind, overlay.resources)
            overlay.drawKey(overlay.resources.getString(R.string.mask_share, name, percent(answer.shares[kind])), classColor(kind - 1))
        }
    }

    private fun filled(answer: MaskAnswer, overlay: Overlay): Bitmap {
        if (tints[1] == 0) for (kind in 1 until tints.size) tints[kind] = overlay.fill(classColor(kind - 1)).color and RGB or TINT
        val fitting = bitmap?.takeIf { it.width == answer.columns && it.height == answer.rows }
            ?: Bitmap.createBitmap(answer.columns, answer.rows, Bitmap.Config.ARGB_8888).also {
                bitmap = it
                pixels = IntArray(answer.cells.size)
            }
        for (cell in pixels.indices) pixels[cell] = tints[answer.cells[cell].toInt() and 0xff]
        fitting.setPixels(pixels, 0, answer.columns, 0, 0, answer.columns, answer.rows)
        return fitting
    }

    private companion object {
        const val RGB = 0xffffff
        const val TINT = 0x99 shl 24
        const val MOST_NAMED = 5
    }
}
