package io.apkiln.app

import io.apkiln.app.model.ModelContracts
import io.apkiln.app.preview.Screen
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.window.WindowAnswer
import io.apkiln.app.window.WindowResult
import java.io.File
import kotlin.math.sin
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The screen of a sensor's app with samples, answers and times that are always the same; `apkiln.shift` raises p(Abnormal). */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class SensorScreenshots {
    @get:Rule
    val ended = EndedActivities()

    private val out = File(System.getProperty("apkiln.out"))
    private val shift = System.getProperty("apkiln.shift", "0").toFloat() / 100

    @Test
    @Config(qualifiers = PORTRAIT)
    fun calm() = draw("calm", until = 150)

    @Test
    @Config(qualifiers = PORTRAIT)
    fun alarm() = draw("alarm", until = 200)

    @Test
    @Config(qualifiers = "w780dp-h360dp-land-notnight-mdpi")
    fun alarmInLandscape() = draw("alarm-landscape", until = 200)

    @Test
    @Config(qualifiers = "w360dp-h780dp-port-night-mdpi")
    fun alarmInTheDark() = draw("alarm-dark", until = 200)

    @Test
    @Config(qualifiers = "ko-$PORTRAIT", fontScale = 2f)
    fun alarmLargeKorean() = draw("alarm-large-korean", until = 200)

    @Test
    @Config(qualifiers = PORTRAIT)
    fun filling() = draw("filling", until = 30)

    private fun draw(name: String, until: Int) {
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        val contract = ModelContracts.all.single()
        val length = contract.input.shape[1]
        val (mean, std) = contract.normalization.run { mean to std }
        val state = DelegateState(Candidate.cpu(1), Cause.FASTEST)
        for (n in 0 until until) {
            val count = minOf(n + 1, length)
            val channels = contract.input.channels.indices.map { c ->
                FloatArray(count) {
                    val share = 0.5f + 0.3f * sin((n - count + 1 + it) * (c + 1) / 9f)
                    mean[c] + std[c] * share
                }
            }
            val probability = 0.1f + shift + if (n >= 180) 0.75f else 0f
            val answer = if (n + 1 < length) null else WindowAnswer(probability, n >= 183)
            activity.onResult(WindowResult("2026-03-01 $n", answer, count, channels, 0.25f), state)
        }
        Screen(activity).draw(out.resolve("$name.png"))
    }

    private companion object {
        const val PORTRAIT = "w360dp-h780dp-port-notnight-mdpi"
    }
}
