package io.apkiln.app.camera

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.ImageReader
import android.os.Build
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import androidx.annotation.StringRes
import io.apkiln.app.R
import io.apkiln.app.frames.Frame

/**
 * Shows a camera's picture on a texture and passes its newest frame to [onFrame], which runs on [analysis].
 *
 * The camera has a thread of its own; [onError] is called there with the text to show.
 */
class CameraSource(
    context: Context,
    private val choice: CameraChoice,
    private val analysis: Handler,
    private val onFrame: (Frame) -> Unit,
    private val onError: (Int) -> Unit,
) {
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

    /** Starts to show pictures on [texture]; needs the camera permission. */
    fun start(texture: SurfaceTexture) {
        handler.post {
            opening?.close()
            opening = Opening(texture).also { it.open() }
        }
    }

    /** Closes the camera; [start] opens it again. */
    fun stop() {
        handler.post {
            opening?.close()
            opening = null
        }
    }

    /** Stops for good; calls [onReleased], on the camera's thread, when no more frames will come. */
    fun release(onReleased: () -> Unit) {
        stop()
        handler.post {
            released = true
            onReleased()
            quitIfAnswered()
        }
    }

    /** A camera that opens after [release] must still be closed on this thread, which stays until then. */
    private fun quitIfAnswered() {
        if (released && unanswered == 0) thread.quitSafely()
    }

    private fun analyze(reader: ImageReader) {
        val image = reader.acquireLatestImage() ?: return
        image.use {
            frame.set(it, choice.rotationDegrees(displayRotation), choice.front)
            onFrame(frame)
        }
    }

    /** An open camera with all its resources; used on the camera's thread only. */
    private inner class Opening(texture: SurfaceTexture) : CameraDevice.StateCallback() {
        private val preview: Surface
        private val reader =
            ImageReader.newInstance(choice.size.width, choice.size.height, ImageFormat.YUV_420_888, MAX_IMAGES)
        private var device: CameraDevice? = null
        private var answered = true
        private var closed = false

        init {
            texture.setDefaultBufferSize(choice.size.width, choice.size.height)
            preview = Surface(texture)
            reader.setOnImageAvailableListener(::analyze, analysis)
        }

        @SuppressLint("MissingPermission")
        fun open() = guarded {
            manager.openCamera(choice.id, this, handler)
            answered = false
            unanswered++
        }

        fun close() {
            if (closed) return
            closed = true
            device?.close()
            preview.release()
            reader.setOnImageAvailableListener(null, null)
            // A frame may be in use there: its buffers must outlive it.
            if (!analysis.post { reader.close() }) reader.close()
        }

        override fun onOpened(camera: CameraDevice) {
            onAnswer()
            if (closed) {
                camera.close()
                quitIfAnswered()
                return
            }
            device = camera
            guarded { createSession(camera, listOf(preview, reader.surface), SessionCallback()) }
        }

        override fun onDisconnected(camera: CameraDevice) {
            onAnswer()
            camera.close()
            fail(R.string.camera_disconnected)
            quitIfAnswered()
        }

        override fun onError(camera: CameraDevice, error: Int) {
            onAnswer()
            camera.close()
            fail(
                when (error) {
                    ERROR_CAMERA_IN_USE, ERROR_MAX_CAMERAS_IN_USE -> R.string.camera_in_use
                    ERROR_CAMERA_DISABLED -> R.string.camera_disabled
                    else -> R.string.camera_failed
                },
            )
            quitIfAnswered()
        }

        private fun onAnswer() {
            if (!answered) unanswered--
            answered = true
        }

        private fun fail(@StringRes text: Int) {
            val unexpected = !closed
            close()
            if (unexpected) onError(text)
        }

        /** If the camera service refuses something, shows why and closes the camera; never crashes the app. */
        private fun guarded(action: () -> Unit) {
            try {
                action()
            } catch (error: CameraAccessException) {
                fail(textOf(error))
            } catch (_: SecurityException) {
                fail(R.string.camera_failed)
            } catch (_: IllegalArgumentException) { // the camera or the surface is gone
                fail(R.string.camera_failed)
            } catch (_: IllegalStateException) { // the device has been closed
                fail(R.string.camera_disconnected)
            }
        }

        private inner class SessionCallback : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                if (closed) return
                guarded {
                    val request = session.device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                    request.addTarget(preview)
                    request.addTarget(reader.surface)
                    request[CaptureRequest.CONTROL_AF_MODE] = CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE
                    session.setRepeatingRequest(request.build(), null, handler)
                }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = fail(R.string.camera_failed)
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

    private companion object {
        /** One in use, one waiting, one being filled. */
        const val MAX_IMAGES = 3

        @StringRes
        fun textOf(error: CameraAccessException): Int = when (error.reason) {
            CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> R.string.camera_in_use
            CameraAccessException.CAMERA_DISABLED -> R.string.camera_disabled
            CameraAccessException.CAMERA_DISCONNECTED -> R.string.camera_disconnected
            else -> R.string.camera_failed
        }
    }
}
