package io.apkiln.app.camera

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.Image
import android.os.Build
import android.os.Handler
import android.os.HandlerThread
import android.util.Log
import android.view.Surface
import io.apkiln.app.LogTag
import io.apkiln.app.frames.Frame

/**
 * Shows a camera's picture on a texture and passes its newest frame to [onFrame], which runs on [analysis].
 *
 * One camera runs at a time, on a thread of its own. [shorterSide] is what the models want of a frame.
 */
class CameraSource(
    private val context: Context,
    private val shorterSide: Int,
    private val analysis: Handler,
    private val onFrame: (Frame) -> Unit,
) {
    /** Called on the camera's thread. */
    interface Listener {
        /** [choice] is being opened; [isOnly] if there is none on the other side. */
        fun onOpening(choice: CameraChoice, isOnly: Boolean)

        /** The first picture has come. */
        fun onRunning()

        /** The camera does not run, or no longer; it is closed. */
        fun onFailed(failure: CameraFailure)
    }

    /** The rotation of the display (Surface.ROTATION_*), for the next frames. */
    @Volatile
    var displayRotation = Surface.ROTATION_0

    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val frame = ImageFrame()
    private var opening: Opening? = null
    private var unanswered = 0
    private var released = false

    /** Shows the front or the back camera, or the only one, on [texture]; needs the camera permission. */
    fun start(texture: SurfaceTexture, front: Boolean, listener: Listener) {
        handler.post {
            opening?.close()
            opening = choose(front, listener)?.let { Opening(it, texture, listener) }
            opening?.open()
        }
    }

    /** Closes the camera; [start] opens it again. */
    fun stop() {
        handler.post {
            opening?.close()
            opening = null
        }
    }

    /** Stops for good. */
    fun release() {
        stop()
        handler.post {
            released = true
            quitIfAnswered()
        }
    }

    /** A camera that opens after [release] must still be closed on this thread, which stays until then. */
    private fun quitIfAnswered() {
        if (released && unanswered == 0) thread.quitSafely()
    }

    /** Asks which cameras there are, each time: some come and go, and their service can fail for a while. */
    private fun choose(front: Boolean, listener: Listener): CameraChoice? {
        val choices = askService({ return@choose fail(it, "finding cameras", listener) }) {
            CameraChoice.all(manager, shorterSide, displaySize(context))
        }
        val choice = choices.firstOrNull { it.front == front } ?: choices.firstOrNull()
        if (choice == null) {
            Log.w(LogTag.CAMERA, "no camera can be used")
            listener.onFailed(CameraFailure.NO_CAMERA)
            return null
        }
        listener.onOpening(choice, choices.size == 1)
        return choice
    }

    private fun fail(error: Exception, what: String, listener: Listener): Nothing? {
        val failure = CameraFailure.of(error)
        Log.w(LogTag.CAMERA, "$what: $failure", error)
        listener.onFailed(failure)
        return null
    }

    /** A camera and all its resources; used on the camera's thread only. */
    private inner class Opening(
        private val choice: CameraChoice,
        private val texture: SurfaceTexture,
        private val listener: Listener,
    ) : CameraDevice.StateCallback() {
        private var device: CameraDevice? = null
        private var streams: CameraStreams? = null
        private var answered = true
        private var closed = false
        private var running = false

        @SuppressLint("MissingPermission")
        fun open() = guarded("opening") {
            manager.openCamera(choice.id, this, handler)
            answered = false
            unanswered++
        }

        fun close() {
            if (closed) return
            closed = true
            device?.close()
            streams?.close()
        }

        override fun onOpened(camera: CameraDevice) {
            onAnswer()
            if (closed) {
                camera.close()
                quitIfAnswered()
                return
            }
            device = camera
            guarded("making a session") {
                val made = CameraStreams(choice, texture, handler, analysis, ::onArrival, ::onImage)
                streams = made
                createSession(camera, made.surfaces, SessionCallback(made.surfaces))
            }
        }

        override fun onDisconnected(camera: CameraDevice) = onLost(camera, CameraFailure.DISCONNECTED, "disconnected")

        override fun onError(camera: CameraDevice, error: Int) = onLost(camera, CameraFailure.of(error), "error $error")

        private fun onLost(camera: CameraDevice, failure: CameraFailure, what: String) {
            onAnswer()
            camera.close()
            if (!closed) {
                Log.w(LogTag.CAMERA, "camera ${choice.id}: $what: $failure")
                close()
                listener.onFailed(failure)
            }
            quitIfAnswered()
        }

        private fun onAnswer() {
            if (!answered) unanswered--
            answered = true
        }

        private fun onArrival() {
            if (running || closed) return
            running = true
            listener.onRunning()
        }

        private fun onImage(image: Image) {
            frame.set(image, choice.rotationDegrees(displayRotation), choice.front)
            onFrame(frame)
        }

        /** If the camera service refuses something, says why and closes the camera; never crashes the app. */
        private fun guarded(what: String, action: () -> Unit) = askService({ error ->
            if (!closed) {
                close()
                fail(error, "camera ${choice.id}: $what", listener)
            }
        }, action)

        private inner class SessionCallback(private val surfaces: List<Surface>) : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                if (closed) return
                guarded("asking for pictures") {
                    val request = session.device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                    surfaces.forEach(request::addTarget)
                    request[CaptureRequest.CONTROL_AF_MODE] = CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE
                    session.setRepeatingRequest(request.build(), null, handler)
                }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) =
                onLost(session.device, CameraFailure.OTHER, "no session of ${choice.previewSize} and ${choice.frameSize}")
        }
    }

    private fun createSession(
        camera: CameraDevice,
        surfaces: List<Surface>,
        callback: CameraCaptureSession.StateCallback,
    ) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            val outputs = surfaces.map(::OutputConfiguration)
            val run = { command: Runnable -> handler.post(command).let { } }
            camera.createCaptureSession(
                SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, run, callback),
            )
        } else {
            @Suppress("DEPRECATION")
            camera.createCaptureSession(surfaces, callback, handler)
        }
    }
}
