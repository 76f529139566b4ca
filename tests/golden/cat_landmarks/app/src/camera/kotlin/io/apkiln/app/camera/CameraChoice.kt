package io.apkiln.app.camera

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.util.Size
import kotlin.math.abs
import kotlin.math.ln

/** The camera to use, and the size of its pictures, near 640 × 480: models look at less than that. */
class CameraChoice(val id: String, val size: Size, private val sensorOrientation: Int, val front: Boolean) {

    /** How far the sensor's picture is to be turned clockwise to be upright; [displayRotation] is Surface.ROTATION_*. */
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
        private const val WANTED_PIXELS = 640.0 * 480.0
        private const val WANTED_ASPECT = 4.0 / 3.0

        /** The first back camera, else the first of any kind; null where there is none that can serve. */
        fun find(manager: CameraManager): CameraChoice? {
            val cameras = manager.cameraIdList.mapNotNull { of(it, manager.getCameraCharacteristics(it)) }
            return cameras.firstOrNull { !it.front } ?: cameras.firstOrNull()
        }

        private fun of(id: String, facts: CameraCharacteristics): CameraChoice? {
            val streams = facts[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP] ?: return null
            val shown = streams.getOutputSizes(SurfaceTexture::class.java).orEmpty().toSet()
            val read = streams.getOutputSizes(ImageFormat.YUV_420_888).orEmpty()
            val size = read.filter { it in shown }.minByOrNull(::distance) ?: return null
            val front = facts[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_FRONT
            return CameraChoice(id, size, facts[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0, front)
        }

        private fun distance(size: Size): Double {
            val pixels = size.width.toDouble() * size.height
            val aspect = size.width.toDouble() / size.height
            return abs(ln(pixels / WANTED_PIXELS)) + abs(ln(aspect / WANTED_ASPECT))
        }
    }
}
