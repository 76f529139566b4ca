package io.apkiln.app.frames

import java.nio.ByteBuffer

/**
 * A camera picture as plain YUV 4:2:0 planes, in the orientation of the sensor.
 *
 * [width] and [height] are those of the sensor's picture. Rotating it clockwise by [rotationDegrees] (0, 90, 180 or 270)
 * and then, if [mirror], flipping it horizontally gives the upright picture, in whose pixels all results are. [yPlane] has
 * one byte per pixel; [uPlane] and [vPlane] have one byte per 2 × 2 pixels, and the same strides.
 */
interface Frame {
    val width: Int
    val height: Int
    val yPlane: ByteBuffer
    val uPlane: ByteBuffer
    val vPlane: ByteBuffer
    val yRowStride: Int
    val yPixelStride: Int
    val uvRowStride: Int
    val uvPixelStride: Int
    val rotationDegrees: Int
    val mirror: Boolean

    val uprightWidth: Int get() = if (rotationDegrees % 180 == 0) width else height
    val uprightHeight: Int get() = if (rotationDegrees % 180 == 0) height else width
}
