package io.apkiln.app.preview

import android.Manifest
import android.app.Application
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.view.Gravity
import android.view.Surface
import android.view.ViewGroup
import android.widget.FrameLayout
import android.widget.ImageView
import io.apkiln.app.MainActivity
import io.apkiln.app.R
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.frames.PlaneFrame
import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.overlay.FrameRate
import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The app's own screen, as its activity, layout and models make it, drawn into PNGs on a phone of 1080 × 2340 pixels. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35])
class CameraPreview {
    private val folder = File(System.getProperty("apkiln.preview"))

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
    fun portrait() = look("portrait")

    @Test
    @Config(qualifiers = "w780dp-h360dp-land-notnight-xxhdpi")
    fun landscape() = look("landscape")

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-night-xxhdpi")
    fun dark() = look("dark")

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
    fun permission() = Screen(start()).draw(folder.resolve("permission.png"))

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-night-xxhdpi")
    fun permissionDark() = Screen(start()).draw(folder.resolve("permission-dark.png"))

    private fun start() = Robolectric.buildActivity(MainActivity::class.java).setup().get()

    private fun look(name: String) {
        val application: Application = RuntimeEnvironment.getApplication()
        shadowOf(application).grantPermissions(Manifest.permission.CAMERA)
        val activity = start()
        val frame = PlaneFrame(folder.resolve(name))
        val pipeline = Pipeline(ModelContracts.all, ModelContracts::decoder) { contract ->
            DesktopRunner(application.assets.open(contract.file).use { it.readBytes() }, contract)
        }
        val result = List(FRAMES) { pipeline.process(frame) }.minBy { it.modelMs }
        val rate = FrameRate()
        val interval = maxOf(CAMERA_NANOS, (result.modelMs * 1e6f).toLong())
        val framesPerSecond = (0..FRAMES).map { rate.tick(it * interval) }.last()
        activity.onResult(result, framesPerSecond, pipeline.states)
        pipeline.close()
        show(activity, frame, BitmapFactory.decodeFile(folder.resolve("$name/picture.png").path))
        Screen(activity).draw(folder.resolve("$name.png"))
    }

    /** Puts [picture] where the camera's would be: nothing but a screen can draw a texture. */
    private fun show(activity: MainActivity, frame: PlaneFrame, picture: Bitmap) {
        val preview = activity.findViewById<AutofitTextureView>(R.id.preview)
        preview.setPicture(frame.uprightWidth, frame.uprightHeight, Surface.ROTATION_0)
        Screen(activity).layOut()
        val shown = ImageView(activity)
        shown.scaleType = ImageView.ScaleType.FIT_XY
        shown.setImageBitmap(picture)
        val parent = preview.parent as ViewGroup
        val place = FrameLayout.LayoutParams(preview.width, preview.height, Gravity.CENTER)
        parent.addView(shown, parent.indexOfChild(preview) + 1, place)
    }

    private companion object {
        const val FRAMES = 30

        /** A camera brings 30 frames a second, however fast this machine may be. */
        const val CAMERA_NANOS = 33_333_333L
    }
}
