package io.apkiln.app

import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View
import android.widget.TextView
import io.apkiln.app.chart.ChartView
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.preview.pass
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertSame
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog

/** The screen that plays a recording: it goes on and rests with the activity, and can be read. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class, qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
class SensorScreenTest {
    @get:Rule
    val ended = EndedActivities()

    private val out = File(System.getProperty("apkiln.out"))

    private fun start(): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup()

    private fun ActivityController<MainActivity>.text(id: Int) = get().findViewById<TextView>(id).text.toString()

    private fun ActivityController<MainActivity>.play(until: (String) -> Boolean) = awaitOnMain("the recording") {
        pass(50)
        until(text(R.id.stamp))
    }

    @Test
    fun restingItPlaysNothing() {
        val activity = start()
        activity.play { it.endsWith(" 5") }
        activity.pause()
        Thread.sleep(50)
        shadowOf(activity.get().mainLooper).idle() // what was on its way
        val stamp = activity.text(R.id.stamp)
        repeat(10) {
            pass(50)
            Thread.sleep(5)
            shadowOf(activity.get().mainLooper).idle()
        }
        assertEquals(stamp, activity.text(R.id.stamp))
        activity.resume()
        activity.play { it != stamp }
        assertNotEquals(stamp, activity.text(R.id.stamp))
    }

    @Test
    fun pausingAndResumingKeepsNothing() {
        val others = ownThreads().size
        val activity = start()
        activity.play { it.endsWith(" 2") }
        val before = ownThreads().size
        repeat(20) { activity.pause().stop().start().resume() }
        assertEquals(before, ownThreads().size)
        activity.pause().stop().destroy()
        awaitOnMain("the end of its threads") { ownThreads().size <= others }
    }

    @Test
    fun aGpuLostInTheMiddleIsNamed() {
        val activity = start()
        activity.play { activity.text(R.id.status).startsWith("GPU") }
        (RuntimeEnvironment.getApplication() as GpuApp).lost = true
        activity.play { activity.text(R.id.status).contains("GL context is gone") }
        assertEquals("CPU", activity.text(R.id.status).take(3))
    }

    @Test
    fun aChangeOfLanguageStartsNoGpuAnew() {
        val activity = start()
        activity.play { activity.text(R.id.status).startsWith("GPU") }
        val app = RuntimeEnvironment.getApplication() as GpuApp
        val (monitor, started) = activity.get().monitor to app.started.toList()
        val again = activity.recreate()
        val stamp = again.text(R.id.stamp)
        again.play { it != stamp && again.text(R.id.status).startsWith("GPU") }
        assertEquals(started, app.started)
        assertSame(monitor, again.get().monitor)
        again.pause().stop().destroy()
        awaitOnMain("the end of the model") { app.open == 0 }
    }

    @Test
    fun aChartWithoutAnAreaIsNoError() {
        val chart = ChartView(start().get()).apply { setUp(ModelContracts.all.single()) }
        for (size in listOf(0 to 0, 0 to 9, 9 to 0, 1 to 1)) {
            chart.layout(0, 0, size.first, size.second)
            chart.draw(Canvas(Bitmap.createBitmap(9, 9, Bitmap.Config.ARGB_8888)))
        }
    }

    @Test
    fun theLargestLettersAreWhole() {
        for (language in listOf("en", "ko")) {
            for (shape in listOf("w320dp-h640dp-port", "w640dp-h320dp-land")) {
                RuntimeEnvironment.setQualifiers("$language-$shape-notnight-xxhdpi")
                RuntimeEnvironment.setFontScale(2f)
                val activity = start()
                activity.play { it.endsWith(" 60") }
                Screen(activity.get()).draw(out.resolve("sensor-$language-$shape.png"))
                assertEquals(emptyList<String>(), activity.get().window.decorView.unreadable())
                activity.get().findViewById<View>(R.id.show_info).performClick()
                awaitOnMain("the sheet") { ShadowDialog.getLatestDialog()?.findViewById<View>(R.id.info_value) != null }
                val sheet = ShadowDialog.getLatestDialog()
                Screen(activity.get()).draw(out.resolve("sensor-sheet-$language-$shape.png"), sheet)
                assertEquals(emptyList<String>(), checkNotNull(sheet.window).decorView.unreadable())
                activity.pause().stop().destroy()
                ShadowDialog.reset()
            }
        }
    }
}
