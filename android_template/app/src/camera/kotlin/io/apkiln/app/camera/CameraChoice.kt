package io.apkiln.app.camera

import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.hardware.display.DisplayManager
import android.util.Log
import android.util.Size
import android.view.Display
import io.apkiln.app.LogTag
import io.apkiln.app.frames.PictureSize
import io.apkiln.app.frames.StreamSizes

/** A camera, and the sizes of its pictures, of one shape: those that are analysed, and those that are shown. */
class CameraChoice(
    val id: String,
    val frameSize: Size,
    val previewSize: Size,
    private val sensorOrientation: Int,
    val front: Boolean,
) {

    /** Clockwise rotation that makes the sensor's picture upright; [displayRotation] is Surface.ROTATION_*. */
    fun rotationDegrees(displayRotation: Int): Int {
        val display = displayRotation * QUARTER
        val turn = if (front) sensorOrientation + display else sensorOrientation - display
        return turn.mod(FULL)
    }

    /** Width and height of the upright preview. */
    fun uprightSize(displayRotation: Int): Size =
        if (rotationDegrees(displayRotation) % (2 * QUARTER) == 0) previewSize else Size(previewSize.height, previewSize.width)

    companion object {
        private const val QUARTER = 90
        private const val FULL = 360

        /**
         * The first usable back and front cameras, with frames whose shorter side is near [shorterSide], on a display of
         * [display]. A camera that can't be asked is left out; throws what the service throws if that leaves none.
         */
        fun all(manager: CameraManager, shorterSide: Int, display: PictureSize): List<CameraChoice> {
            var failed: Exception? = null
            val found = manager.cameraIdList.mapNotNull { id ->
                askService({ error ->
                    Log.w(LogTag.CAMERA, "camera $id can't be asked", error)
                    failed = error
                    null
                }) { of(id, manager.getCameraCharacteristics(id), shorterSide, display) }
            }
            failed?.let { if (found.isEmpty()) throw it }
            return found.distinctBy { it.front }
        }

        private fun of(id: String, facts: CameraCharacteristics, shorterSide: Int, display: PictureSize): CameraChoice? {
            val streams = facts[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP] ?: return null
            val previews = pictureSizes(streams.getOutputSizes(SurfaceTexture::class.java))
            val frames = pictureSizes(streams.getOutputSizes(ImageFormat.YUV_420_888))
            val best = StreamSizes.best(frames, previews, shorterSide, display) ?: return null
            val front = facts[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_FRONT
            val orientation = facts[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0
            return CameraChoice(id, best.frame.toSize(), best.preview.toSize(), orientation, front)
        }

        private fun pictureSizes(sizes: Array<Size>?): List<PictureSize> =
            sizes.orEmpty().map { PictureSize(it.width, it.height) }

        private fun PictureSize.toSize() = Size(width, height)
    }
}

/** The size of the phone's own display in pixels. */
internal fun displaySize(context: Context): PictureSize {
    val displays = context.getSystemService(Context.DISPLAY_SERVICE) as DisplayManager
    val mode = displays.getDisplay(Display.DEFAULT_DISPLAY)?.mode ?: return PictureSize(0, 0)
    return PictureSize(mode.physicalWidth, mode.physicalHeight)
}
