package io.apkiln.app

import android.Manifest
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.util.Size
import android.widget.TextView
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.preview.awaitOnMain
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.StreamConfigurationMapBuilder

/** Puts a camera into the phone. */
fun addCamera(id: String, front: Boolean, orientation: Int = if (front) 270 else 90) {
    val facing = if (front) CameraCharacteristics.LENS_FACING_FRONT else CameraCharacteristics.LENS_FACING_BACK
    val sizes = StreamConfigurationMapBuilder.newBuilder()
    for (size in listOf(Size(4000, 3000), Size(1920, 1080), Size(1440, 1080), Size(640, 480), Size(320, 240))) {
        sizes.addOutputSize(size).addOutputSize(ImageFormat.YUV_420_888, size)
    }
    val facts = ShadowCameraCharacteristics.newCameraCharacteristics()
    shadowOf(facts).apply {
        set(CameraCharacteristics.LENS_FACING, facing)
        set(CameraCharacteristics.SENSOR_ORIENTATION, orientation)
        set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, sizes.build())
    }
    shadowOf(cameraManager()).addCamera(id, facts)
}

fun cameraManager() = RuntimeEnvironment.getApplication().getSystemService(Context.CAMERA_SERVICE) as CameraManager

fun allowCamera() = shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)

/** Gives the preview the texture that a screen would: nothing else brings one here. */
fun ActivityController<MainActivity>.withTexture() = apply {
    get().findViewById<AutofitTextureView>(R.id.preview).setSurfaceTexture(SurfaceTexture(false))
    get().onSurfaceTextureAvailable(SurfaceTexture(false), 0, 0)
}

val ActivityController<MainActivity>.status: String get() = get().findViewById<TextView>(R.id.status).text.toString()

fun ActivityController<MainActivity>.awaitStatus(part: String) {
    val seen = ArrayList<String>()
    try {
        awaitOnMain("“$part” on the screen", seconds = 10) { status.also { if (it !in seen) seen += it }.contains(part) }
    } catch (error: IllegalStateException) {
        throw IllegalStateException("${error.message}; there was $seen", error)
    }
}
