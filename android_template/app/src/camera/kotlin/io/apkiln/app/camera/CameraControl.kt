package io.apkiln.app.camera

import android.content.Context
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.util.Log
import android.view.Surface
import androidx.annotation.RequiresApi
import androidx.annotation.StringRes
import io.apkiln.app.LogTag
import io.apkiln.app.frames.Frame

/**
 * Keeps the back or the front camera running between [start] and [stop]: after a failure it tries again, with growing pauses,
 * and soon where the system says that the camera may be free.
 *
 * For the main thread; [onFrame] runs on [analysis]. [front] is the wanted side; if there is only one camera, it is used.
 */
class CameraControl(
    context: Context,
    shorterSide: Int,
    var front: Boolean,
    analysis: Handler,
    onFrame: (Frame) -> Unit,
    private val listener: Listener,
) {
    interface Listener {
        /** A camera is being opened, the front or the back one; [canSwitch] if there are both. */
        fun onCameraStarts(front: Boolean, canSwitch: Boolean)

        /** Its first picture has come. */
        fun onCameraRuns()

        /** It does not run; it is tried again. */
        fun onCameraFailed(@StringRes text: Int)
    }

    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val main = Handler(Looper.getMainLooper())
    private val source = CameraSource(context, shorterSide, analysis, onFrame)
    private val retry = Retry(main, ::open)
    private var texture: SurfaceTexture? = null
    private var attempt: Attempt? = null
    private var choice: CameraChoice? = null
    private var failure: CameraFailure? = null
    private var watching = false
    private val availability = object : CameraManager.AvailabilityCallback() {
        override fun onCameraAvailable(cameraId: String) {
            if (failure?.untilFree == true) retry.hurry()
        }

        @RequiresApi(Build.VERSION_CODES.Q)
        override fun onCameraAccessPrioritiesChanged() = retry.hurry()
    }

    /** Shows the wanted camera's picture on [texture]; needs the permission. */
    fun start(texture: SurfaceTexture) {
        this.texture = texture
        retry.reset()
        open()
    }

    fun stop() {
        texture = null
        attempt = null
        retry.reset()
        if (watching) manager.unregisterAvailabilityCallback(availability)
        watching = false
        source.stop()
    }

    /** Stops for good. */
    fun release() {
        stop()
        source.release()
    }

    /** Sets the display's rotation (Surface.ROTATION_*); returns the camera whose picture is turned, null while there is none. */
    fun turn(displayRotation: Int): CameraChoice? {
        source.displayRotation = displayRotation
        return choice
    }

    private fun open() {
        val texture = texture ?: return
        watch()
        val next = Attempt()
        attempt = next
        source.start(texture, front, next)
    }

    private fun watch() {
        if (watching) return
        watching = askService({
            Log.w(LogTag.CAMERA, "watching cameras", it)
            false
        }) {
            manager.registerAvailabilityCallback(availability, main)
            true
        }
    }

    /** One start of a camera: what it says counts until there is another one. */
    private inner class Attempt : CameraSource.Listener {
        override fun onOpening(choice: CameraChoice, isOnly: Boolean) = tell {
            this@CameraControl.choice = choice
            listener.onCameraStarts(choice.front, !isOnly)
        }

        override fun onRunning() = tell {
            failure = null
            retry.reset()
            listener.onCameraRuns()
        }

        override fun onFailed(failure: CameraFailure) = tell {
            this@CameraControl.failure = failure
            retry.schedule()
            listener.onCameraFailed(failure.text)
        }

        private fun tell(action: () -> Unit) {
            main.post { if (this === attempt) action() }
        }
    }
}
