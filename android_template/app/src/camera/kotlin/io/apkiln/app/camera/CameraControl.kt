package io.apkiln.app.camera

import android.content.Context
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraManager
import android.os.Handler
import android.os.Looper
import android.util.Size
import android.view.Surface
import androidx.annotation.StringRes
import io.apkiln.app.R
import io.apkiln.app.frames.Frame

/**
 * Runs the back or the front camera, one at a time, and restarts when a camera that another app took becomes free.
 *
 * For the main thread; [onFrame] runs on [analysis]. [front] is the wanted side; if there is only one camera, it is used.
 */
class CameraControl(
    private val context: Context,
    private val shorterSide: Int,
    var front: Boolean,
    private val analysis: Handler,
    private val onFrame: (Frame) -> Unit,
    private val listener: Listener,
) {
    interface Listener {
        /** A camera starts, the front or the back one; [canSwitch] if there are both. */
        fun onCameraStarts(front: Boolean, canSwitch: Boolean)

        fun onCameraFailed(@StringRes text: Int)

        /** The camera that another app took is free again. */
        fun onCameraBack()
    }

    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val main = Handler(Looper.getMainLooper())
    private var choices = emptyList<CameraChoice>()
    private var choice: CameraChoice? = null
    private var source: CameraSource? = null
    private var rotation = Surface.ROTATION_0
    private var taken = false
    private var watching = false
    private val availability = object : CameraManager.AvailabilityCallback() {
        override fun onCameraAvailable(cameraId: String) {
            if (!taken || cameraId != choice?.id) return
            taken = false
            listener.onCameraBack()
        }
    }

    /** Shows the wanted camera's picture on [texture]; needs the permission. */
    fun start(texture: SurfaceTexture) {
        if (choices.isEmpty()) {
            choices = find() ?: return listener.onCameraFailed(R.string.camera_failed)
        }
        val wanted = choices.firstOrNull { it.front == front } ?: choices.firstOrNull()
            ?: return listener.onCameraFailed(R.string.camera_none)
        taken = false
        if (!watching) manager.registerAvailabilityCallback(availability, main)
        watching = true
        val old = source.takeIf { wanted != choice }
        if (old == null) {
            open(wanted, texture)
        } else { // many phones can't run two at once
            source = null
            choice = wanted
            old.release { main.post { if (watching && choice == wanted) open(wanted, texture) } }
        }
    }

    fun stop() {
        if (watching) manager.unregisterAvailabilityCallback(availability)
        watching = false
        source?.stop()
    }

    /** Stops for good; calls [onReleased], on another thread, when no more frames will come. */
    fun release(onReleased: () -> Unit) {
        stop()
        source?.release(onReleased) ?: onReleased()
        source = null
    }

    /** Sets the display's rotation (Surface.ROTATION_*); returns the size of the upright picture, null while there is none. */
    fun turn(displayRotation: Int): Size? {
        rotation = displayRotation
        source?.displayRotation = displayRotation
        return choice?.uprightSize(displayRotation)
    }

    private fun open(wanted: CameraChoice, texture: SurfaceTexture) {
        choice = wanted
        val opened = source ?: CameraSource(context, wanted, analysis, onFrame) { text -> main.post { onFailed(wanted, text) } }
        source = opened
        opened.displayRotation = rotation
        listener.onCameraStarts(wanted.front, choices.size > 1)
        opened.start(texture)
    }

    private fun onFailed(failed: CameraChoice, @StringRes text: Int) {
        if (failed != choice || !watching) return
        taken = text == R.string.camera_in_use || text == R.string.camera_disconnected
        listener.onCameraFailed(text)
    }

    private fun find(): List<CameraChoice>? =
        try {
            CameraChoice.all(manager, shorterSide)
        } catch (_: CameraAccessException) {
            null
        }
}
