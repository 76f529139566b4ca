package io.apkiln.app.preview

import android.app.Application
import io.apkiln.app.MainActivity
import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.window.Recording
import io.apkiln.app.window.WindowPipeline
import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The app's own screen while it plays the recording in its assets, drawn into PNGs on a phone of 1080 × 2340 pixels. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35])
class SensorPreview {
    private val folder = File(System.getProperty("apkiln.preview"))

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
    fun portrait() = play("portrait", untilAlarm = true)

    @Test
    @Config(qualifiers = "w780dp-h360dp-land-notnight-xxhdpi")
    fun landscape() = play("landscape", untilAlarm = true)

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-night-xxhdpi")
    fun dark() = play("dark", untilAlarm = true)

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
    fun normal() = play("normal", untilAlarm = false)

    /** Plays to a little after the first alarm, where there is one and it is wanted; else as long as the chart remembers. */
    private fun play(name: String, untilAlarm: Boolean) {
        val application: Application = RuntimeEnvironment.getApplication()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        val contract = ModelContracts.all.single()
        val recording = application.assets.open("replay.csv").bufferedReader().useLines {
            Recording.parse(it, contract.channels)
        }
        val pipeline = WindowPipeline(contract, ModelContracts.decoder(contract)) {
            DesktopRunner(application.assets.open(it.file).use { asset -> asset.readBytes() }, it)
        }
        var alarmed = 0
        for ((n, values) in recording.values.withIndex()) {
            val result = pipeline.process(recording.stamps[n], values)
            if (untilAlarm && result.alarm) alarmed++
            activity.onResult(result, pipeline.state)
            if (alarmed == AFTER_ALARM || !untilAlarm && n == FEW) break
        }
        pipeline.close()
        Screen(activity).draw(folder.resolve("$name.png"))
    }

    private companion object {
        const val AFTER_ALARM = 12
        const val FEW = 150
    }
}
