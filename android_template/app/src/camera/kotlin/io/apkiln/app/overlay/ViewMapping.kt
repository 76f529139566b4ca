package io.apkiln.app.overlay

import kotlin.math.min

/** Maps pixels of the upright picture to those of a view that shows the whole picture, centred. */
class ViewMapping {
    /** View pixels per picture pixel. */
    var scale = 1f
        private set
    private var left = 0f
    private var top = 0f

    /** Fits a picture into a view, both given as width and height. */
    fun set(imageWidth: Int, imageHeight: Int, viewWidth: Int, viewHeight: Int) {
        require(imageWidth > 0 && imageHeight > 0) { "a picture of $imageWidth × $imageHeight" }
        scale = min(viewWidth.toFloat() / imageWidth, viewHeight.toFloat() / imageHeight)
        left = (viewWidth - imageWidth * scale) / 2
        top = (viewHeight - imageHeight * scale) / 2
    }

    fun x(imageX: Float): Float = left + imageX * scale

    fun y(imageY: Float): Float = top + imageY * scale
}
