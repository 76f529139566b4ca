package io.apkiln.app.preview

import android.app.Application
import android.app.Dialog
import android.view.View
import io.apkiln.app.MainActivity
import io.apkiln.app.Models
import io.apkiln.app.R
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.sensors.ReplaySource
import io.apkiln.app.window.Recording
import io.apkiln.app.window.WindowPipeline
import java.io.File
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog

/** The app's own screen while it plays the recording in its assets, drawn into PNGs on a phone of 1080 × 2340 pixels. */
@RunWith(MachineTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = MachineApp::class)
class SensorPreview {
    private val folder = File(System.getProperty("apkiln.preview"))

    @get:Rule
    val measured = Measured()

    @Test
    @Config(qualifiers = PORTRAIT)
    fun portrait() = play("portrait")

    @Test
    @Config(qualifiers = "w780dp-h360dp-land-notnight-xxhdpi")
    fun landscape() = play("landscape")

    @Test
    @Config(qualifiers = DARK)
    fun dark() = play("dark")

    @Test
    @Config(qualifiers = PORTRAIT)
    fun normal() = play("normal", untilAlarm = false)

    @Test
    @Config(qualifiers = "ko-$PORTRAIT", fontScale = 2f)
    fun largeKorean() = play("large-korean")

    @Test
    @Config(qualifiers = DARK)
    fun info() = play("info", withInfo = true)

    /** The screen every [STEP] samples, until a little after the first alarm. */
    @Test
    @Config(qualifiers = SMALL)
    fun sequence() {
        val drawn = folder.resolve("sequence-drawn").apply { mkdirs() }
        var number = 0
        play("sequence") { activity, n ->
            if (n % STEP == STEP - 1 && number < MOST) {
                Screen(activity).draw(drawn.resolve("%03d.png".format(number++)))
            }
        }
        folder.resolve("sequence.png").renameTo(drawn.resolve("%03d.png".format(number)))
    }

    /** Plays to a little after the first alarm, where there is one and it is wanted; else as long as the chart remembers. */
    private fun play(
        name: String, untilAlarm: Boolean = true, withInfo: Boolean = false, onSample: (MainActivity, Int) -> Unit = { _, _ -> },
    ) {
        val application: Application = RuntimeEnvironment.getApplication()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        val contract = ModelContracts.all.single()
        val chosen = System.getProperty("apkiln.recording")?.let { File(it).inputStream() }
        val recording = (chosen ?: application.assets.open("replay.csv")).bufferedReader().useLines {
            Recording.parse(it, contract.input.channels)
        }
        val models = Models(application) {}
        val pipeline = WindowPipeline(contract, ModelContracts.kind(contract)::decoder, models::open)
        var alarmed = 0
        for ((n, values) in recording.values.withIndex()) {
            val result = pipeline.process(recording.stamps[n], values)
            if (untilAlarm && result.answer?.alarm == true) alarmed++
            activity.onResult(result, models.states.values.lastOrNull())
            onSample(activity, n)
            if (alarmed == AFTER_ALARM || !untilAlarm && n == FEW) break
        }
        if (withInfo) activity.findViewById<View>(R.id.show_info).performClick()
        val sheet = if (withInfo) awaitedSheet() else null
        pipeline.close()
        Screen(activity).draw(folder.resolve("$name.png"), sheet)
    }

    /** The sheet, once the app's own model has run: the recording plays as its clock goes on. */
    private fun awaitedSheet(): Dialog {
        val values = ArrayList<View>()
        awaitOnMain("the sheet") {
            pass(ReplaySource.INTERVAL_MS)
            val sheet = ShadowDialog.getLatestDialog()?.window?.decorView
            values.clear()
            sheet?.findViewsWithText(values, RuntimeEnvironment.getApplication().getString(R.string.info_run), View.FIND_VIEWS_WITH_TEXT)
            values.isNotEmpty()
        }
        return checkNotNull(ShadowDialog.getLatestDialog())
    }

    private companion object {
        const val PORTRAIT = "w360dp-h780dp-port-notnight-xxhdpi"
        const val DARK = "w360dp-h780dp-port-night-xxhdpi"
        const val SMALL = "w360dp-h780dp-port-notnight-mdpi"
        const val STEP = 6
        const val MOST = 60
        const val AFTER_ALARM = 12
        const val FEW = 150
    }
}
