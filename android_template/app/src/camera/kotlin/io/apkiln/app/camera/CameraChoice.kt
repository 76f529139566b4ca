package io.apkiln.app.camera

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.util.Size
import io.apkiln.app.frames.PictureSize

/** A camera, and the size of its pictures. */
class CameraChoice(val id: String, val size: Size, private val sensorOrientation: Int, val front: Boolean) {

    /** Clockwise rotation that makes the sensor's picture upright; [displayRotation] is Surface.ROTATION_*. */
    fun rotationDegrees(displayRotation: Int): Int {
        val display = displayRotation * QUARTER
        val turn = if (front) sensorOrientation + display else sensorOrientation - display
        return turn.mod(FULL)
    }

    /** Width and height of the upright picture. */
    fun uprightSize(displayRotation: Int): Size =
        if (rotationDegrees(displayRotation) % (2 * QUARTER) == 0) size else Size(size.height, size.width)

    companion object {
        private const val QUARTER = 90
        private const val FULL = 360

        /** The first usable back and front cameras, with pictures whose shorter side is near [shorterSide]. */
        fun all(manager: CameraManager, shorterSide: Int): List<CameraChoice> =
            manager.cameraIdList
                .mapNotNull { of(it, manager.getCameraCharacteristics(it), shorterSide) }
                .distinctBy { it.front }

        private fun of(id: String, facts: CameraCharacteristics, shorterSide: Int): CameraChoice? {
            val streams = facts[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP] ?: return null
            val previewed = streams.getOutputSizes(SurfaceTexture::class.java).orEmpty().toSet()
            val read = streams.getOutputSizes(ImageFormat.YUV_420_888).orEmpty().filter { it in previewed }
            val best = PictureSize.best(read.map { PictureSize(it.width, it.height) }, shorterSide) ?: return null
            val front = facts[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_FRONT
            val orientation = facts[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0
            return CameraChoice(id, Size(best.width, best.height), orientation, front)
        }
    }
}
