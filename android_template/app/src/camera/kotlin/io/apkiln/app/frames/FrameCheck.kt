package io.apkiln.app.frames

import java.nio.ByteBuffer

/** The planes of a frame are smaller than its size and strides say. */
class UnreadableFrame(message: String) : IllegalArgumentException(message)

/** Throws [UnreadableFrame] if reading this frame would go beyond its planes. */
fun Frame.checkReadable() {
    if (width < 1 || height < 1) throw UnreadableFrame("$width × $height")
    if (rotationDegrees !in 0..270 || rotationDegrees % 90 != 0) throw UnreadableFrame("$rotationDegrees°")
    checkPlane("Y", yPlane, width, height, yRowStride, yPixelStride)
    val halfWidth = (width + 1) / 2
    val halfHeight = (height + 1) / 2
    checkPlane("U", uPlane, halfWidth, halfHeight, uvRowStride, uvPixelStride)
    checkPlane("V", vPlane, halfWidth, halfHeight, uvRowStride, uvPixelStride)
}

/** A plane may end with its last pixel, without the padding of the last row. */
private fun checkPlane(name: String, plane: ByteBuffer, width: Int, height: Int, rowStride: Int, pixelStride: Int) {
    val last = (height - 1).toLong() * rowStride + (width - 1).toLong() * pixelStride
    if (rowStride < 1 || pixelStride < 1 || last >= plane.limit()) {
        throw UnreadableFrame("$name $width × $height, $rowStride/$pixelStride, ${plane.limit()}")
    }
}
