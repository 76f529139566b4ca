package io.apkiln.app.camera

import android.media.Image
import io.apkiln.app.frames.Frame
import java.nio.ByteBuffer

/** A camera [Image] as plain buffers; one object for all frames, valid until the image is closed. */
class ImageFrame : Frame {
    override var width = 0
        private set
    override var height = 0
        private set
    override lateinit var yPlane: ByteBuffer
        private set
    override lateinit var uPlane: ByteBuffer
        private set
    override lateinit var vPlane: ByteBuffer
        private set
    override var yRowStride = 0
        private set
    override var yPixelStride = 0
        private set
    override var uvRowStride = 0
        private set
    override var uvPixelStride = 0
        private set
    override var rotationDegrees = 0
        private set
    override var mirror = false
        private set

    fun set(image: Image, rotationDegrees: Int, mirror: Boolean) {
        val (y, u, v) = image.planes
        width = image.width
        height = image.height
        yPlane = y.buffer
        uPlane = u.buffer
        vPlane = v.buffer
        yRowStride = y.rowStride
        yPixelStride = y.pixelStride
        uvRowStride = u.rowStride
        uvPixelStride = u.pixelStride
        this.rotationDegrees = rotationDegrees
        this.mirror = mirror
    }
}
