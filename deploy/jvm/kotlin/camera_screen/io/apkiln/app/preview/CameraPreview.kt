package io.apkiln.app.preview

import android.Manifest
import android.app.Application
import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.view.Gravity
import android.view.Surface
import android.view.View
import android.view.ViewGroup
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.TextView
import io.apkiln.app.MainActivity
import io.apkiln.app.R
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.frames.PlaneFrame
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog

/** The app's own screen, as its activity, layout and models make it, drawn into PNGs on a phone of 1080 × 2340 pixels. */
@RunWith(MachineTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = MachineApp::class)
class CameraPreview {
    private val folder = File(System.getProperty("apkiln.preview"))

    @get:Rule
    val measured = Measured()

    @Test
    @Config(qualifiers = PORTRAIT)
    fun portrait() = look("portrait")

    @Test
    @Config(qualifiers = "w780dp-h360dp-land-notnight-xxhdpi")
    fun landscape() = look("landscape")

    @Test
    @Config(qualifiers = DARK)
    fun dark() = look("dark")

    @Test
    @Config(qualifiers = "ko-$PORTRAIT", fontScale = 2f)
    fun largeKorean() = look("dark", "large-korean")

    @Test
    @Config(qualifiers = PORTRAIT)
    fun info() = look("portrait", "info", withInfo = true)

    @Test
    @Config(qualifiers = "ko-$DARK", fontScale = 2f)
    fun infoLargeKorean() = look("dark", "info-large-korean", withInfo = true)

    @Test
    @Config(qualifiers = PORTRAIT)
    fun permission() = Screen(start()).draw(folder.resolve("permission.png"))

    @Test
    @Config(qualifiers = DARK)
    fun permissionDark() = Screen(start()).draw(folder.resolve("permission-dark.png"))

    /** One frame after another; nothing where there are none. */
    @Test
    @Config(qualifiers = "w360dp-h780dp-port-notnight-mdpi")
    fun sequence() {
        val frames = folder.resolve("sequence").listFiles()?.sorted() ?: return
        val drawn = folder.resolve("sequence-drawn").apply { mkdirs() }
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(Manifest.permission.CAMERA)
        val activity = start()
        val first = PlaneFrame(frames.first())
        repeat(FRAMES) { // which measures what is fastest, too
            analyze(activity, first)
            pass(CAMERA_MS)
        }
        var shown: ImageView? = null
        for (seen in frames) {
            val frame = PlaneFrame(seen)
            val picture = BitmapFactory.decodeFile(seen.resolve("picture.png").path)
            shown = shown?.apply { setImageBitmap(picture) } ?: show(activity, frame, picture)
            analyze(activity, frame)
            pass(CAMERA_MS)
            Screen(activity).draw(drawn.resolve("${seen.name}.png"))
        }
    }

    private fun start() = Robolectric.buildActivity(MainActivity::class.java).setup().get()

    /** The screen [name] while the camera sees the frame in folder [seen]. */
    private fun look(seen: String, name: String = seen, withInfo: Boolean = false) {
        val application: Application = RuntimeEnvironment.getApplication()
        shadowOf(application).grantPermissions(Manifest.permission.CAMERA)
        val activity = start()
        val frame = PlaneFrame(folder.resolve(seen))
        repeat(FRAMES) {
            analyze(activity, frame)
            pass(CAMERA_MS)
        }
        show(activity, frame, BitmapFactory.decodeFile(folder.resolve("$seen/picture.png").path))
        analyze(activity, frame)
        if (withInfo) activity.findViewById<View>(R.id.show_info).performClick()
        val sheet = if (withInfo) awaitedSheet() else null
        Screen(activity).draw(folder.resolve("$name.png"), sheet)
    }

    /** One frame's way through the app, as if the camera had brought it. */
    private fun analyze(activity: MainActivity, frame: PlaneFrame) {
        val done = CountDownLatch(1)
        activity.analyzer.handler.post {
            activity.analyzer.analyze(frame)
            done.countDown()
        }
        check(done.await(1, TimeUnit.MINUTES)) { "the models did not answer" }
        shadowOf(activity.mainLooper).idle()
    }

    private fun awaitedSheet(): Dialog {
        awaitOnMain("the sheet") {
            ShadowDialog.getLatestDialog()?.findViewById<TextView>(R.id.info_value) != null
        }
        return checkNotNull(ShadowDialog.getLatestDialog())
    }

    /** Puts [picture] where the camera's would be: nothing but a screen can draw a texture. */
    private fun show(activity: MainActivity, frame: PlaneFrame, picture: Bitmap): ImageView {
        val preview = activity.findViewById<AutofitTextureView>(R.id.preview)
        preview.setPicture(frame.uprightWidth, frame.uprightHeight, Surface.ROTATION_0)
        Screen(activity).layOut()
        Screen(activity).layOut()
        val shown = ImageView(activity)
        shown.scaleType = ImageView.ScaleType.FIT_XY
        shown.setImageBitmap(picture)
        val parent = preview.parent as ViewGroup
        val place = FrameLayout.LayoutParams(preview.width, preview.height, Gravity.CENTER)
        parent.addView(shown, parent.indexOfChild(preview) + 1, place)
        Screen(activity).layOut()
        return shown
    }

    private companion object {
        const val PORTRAIT = "w360dp-h780dp-port-notnight-xxhdpi"
        const val DARK = "w360dp-h780dp-port-night-xxhdpi"
        const val FRAMES = 12

        /** A camera brings 30 frames a second. */
        const val CAMERA_MS = 33L
    }
}
