package io.apkiln.app

import android.view.View
import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.ParameterizedRobolectricTestRunner
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog

/** With the largest letters, in both languages and both directions, nothing is cut and every button speaks. */
@RunWith(ParameterizedRobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class CameraReadableTest(private val language: String, private val shape: String) {
    @get:Rule
    val ended = EndedActivities()

    private val out = File(System.getProperty("apkiln.out"))

    private fun set() {
        RuntimeEnvironment.setQualifiers("$language-$shape-notnight-xxhdpi")
        RuntimeEnvironment.setFontScale(2f)
    }

    @Test
    fun screenAndSheet() {
        set()
        allowCamera()
        (RuntimeEnvironment.getApplication() as GpuApp).lost = true
        addCamera("0", front = false)
        addCamera("1", front = true)
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup().withTexture()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GL context")
        activity.get().findViewById<View>(R.id.switch_camera).visibility = View.VISIBLE
        Screen(activity.get()).draw(out.resolve("long-status-$language-$shape.png"))
        assertEquals(emptyList<String>(), activity.get().window.decorView.unreadable())

        activity.get().findViewById<View>(R.id.show_info).performClick()
        awaitOnMain("the sheet") { ShadowDialog.getLatestDialog()?.findViewById<View>(R.id.info_value) != null }
        val sheet = ShadowDialog.getLatestDialog()
        Screen(activity.get()).draw(out.resolve("sheet-$language-$shape.png"), sheet)
        val words = checkNotNull(sheet.window).decorView
        assertTrue(words.shown().size > 20)
        assertEquals(emptyList<String>(), words.unreadable())
    }

    @Test
    fun permission() {
        set()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        activity.get().findViewById<View>(R.id.permission_settings).visibility = View.VISIBLE
        Screen(activity.get()).draw(out.resolve("permission-$language-$shape.png"))
        assertEquals(emptyList<String>(), activity.get().window.decorView.unreadable())
    }

    companion object {
        @JvmStatic
        @ParameterizedRobolectricTestRunner.Parameters(name = "{0} {1}")
        fun all() = listOf("en", "ko").flatMap { language ->
            listOf("w320dp-h640dp-port", "w640dp-h320dp-land").map { arrayOf<Any>(language, it) }
        }
    }
}
