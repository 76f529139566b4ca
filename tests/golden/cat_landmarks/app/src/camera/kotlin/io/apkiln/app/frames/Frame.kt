package io.apkiln.app.frames

import java.nio.ByteBuffer

/**
 * One camera picture as plain YUV 4:2:0 planes, in the sensor's own orientation.
 *
 * [width] and [height] are the sensor picture's. Turning it by [rotationDegrees] clockwise (0, 90, 180 or 270), then
 * mirroring it left to right where [mirror] says so, gives the upright picture that results are in. [yPlane] holds one
 * byte a pixel; [uPlane] and [vPlane] one byte for 2 × 2 pixels and share their strides.
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
