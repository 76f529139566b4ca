package io.apkiln.app.camera

import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice
import androidx.annotation.StringRes
import io.apkiln.app.R

/** Why a camera does not run, in words; [untilFree]: another app has it, so that it is worth a try as soon as it is free. */
enum class CameraFailure(@get:StringRes val text: Int, val untilFree: Boolean = false) {
    NO_CAMERA(R.string.camera_none),
    IN_USE(R.string.camera_in_use, untilFree = true),
    DISCONNECTED(R.string.camera_disconnected, untilFree = true),
    DISABLED(R.string.camera_disabled),
    OTHER(R.string.camera_failed);

    companion object {
        fun of(error: Exception): CameraFailure = when ((error as? CameraAccessException)?.reason) {
            CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> IN_USE
            CameraAccessException.CAMERA_DISCONNECTED -> DISCONNECTED
            CameraAccessException.CAMERA_DISABLED -> DISABLED
            else -> OTHER
        }

        /** [code] is one of CameraDevice.StateCallback.ERROR_*. */
        fun of(code: Int): CameraFailure = when (code) {
            CameraDevice.StateCallback.ERROR_CAMERA_IN_USE, CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE -> IN_USE
            CameraDevice.StateCallback.ERROR_CAMERA_DISABLED -> DISABLED
            else -> OTHER
        }
    }
}

/**
 * Calls the camera service; [onFailure] gets what it throws.
 *
 * Besides CameraAccessException these are IllegalArgument-, IllegalState-, Security-, UnsupportedOperation- and even
 * ArrayIndexOutOfBoundsExceptions (AOSP, CameraManager and ExceptionUtils); none of them is worth a crash.
 */
internal inline fun <T> askService(onFailure: (Exception) -> T, action: () -> T): T =
    try {
        action()
    } catch (error: CameraAccessException) {
        onFailure(error)
    } catch (error: RuntimeException) {
        onFailure(error)
    }
