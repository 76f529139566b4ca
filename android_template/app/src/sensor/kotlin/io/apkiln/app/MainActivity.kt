package io.apkiln.app

import android.os.Bundle
import android.view.View
import android.widget.TextView
import androidx.annotation.ColorRes
import androidx.appcompat.app.AppCompatActivity
import androidx.core.content.ContextCompat
import androidx.core.view.ViewCompat
import androidx.lifecycle.ViewModelProvider
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import io.apkiln.app.chart.ChartView
import io.apkiln.app.info.Info
import io.apkiln.app.info.InfoSheet
import io.apkiln.app.info.InfoSource
import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.sensors.ReplaySource
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.window.WindowResult

/** Connects samples, model and chart; samples come while the activity is resumed. */
class MainActivity : AppCompatActivity(), Monitor.Listener, InfoSource {
    private val contract = ModelContracts.all.single()
    private lateinit var verdict: TextView
    private lateinit var stamp: TextView
    private lateinit var chart: ChartView
    private lateinit var status: TextView
    val monitor by lazy {
        ViewModelProvider(this, viewModelFactory { initializer { Monitor(applicationContext) } })[Monitor::class.java]
    }
    private var failed = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        verdict = findViewById(R.id.verdict)
        stamp = findViewById(R.id.stamp)
        chart = findViewById(R.id.chart)
        status = findViewById(R.id.status)
        chart.setUp(contract)
        showVerdict(getString(R.string.verdict_filling), R.color.verdict_unknown)
        drawBehindSystemBars(findViewById(R.id.root), darkBehind = false)
        findViewById<View>(R.id.show_info).setOnClickListener { InfoSheet.show(supportFragmentManager) }
        monitor.attach(this)
    }

    override fun onResume() {
        super.onResume()
        monitor.start()
    }

    override fun onPause() {
        monitor.stop()
        super.onPause()
    }

    override fun onDestroy() {
        monitor.detach(this)
        super.onDestroy()
    }

    override fun onResult(result: WindowResult, state: DelegateState?) {
        if (failed) return
        chart.show(result)
        stamp.text = result.stamp
        val answer = result.answer
        if (answer == null) {
            showVerdict(getString(R.string.verdict_filling), R.color.verdict_unknown)
        } else {
            val color = if (answer.alarm) R.color.verdict_abnormal else R.color.verdict_normal
            showVerdict(ModelContracts.kind(contract).words(answer, resources), color)
        }
        if (answer == null || state == null) {
            setText(status, getString(R.string.filling, result.count, contract.input.shape[1], sourceText()))
        } else {
            val delegate = stateText(resources, state)
            setText(status, getString(R.string.sensor_status, delegate, result.modelMs, sourceText()))
        }
    }

    override fun onTrying(candidate: Candidate) =
        setText(status, getString(R.string.status_measuring, candidateText(resources, candidate)))

    override fun onStuck(candidate: Candidate) = setText(status, stuckText(resources, candidate))

    override fun onGap() = chart.clear()

    override fun askInfo(answer: (Info) -> Unit) = monitor.ask(answer)

    override fun chooseDelegate(key: String) {
        failed = false
        monitor.choose(key)
    }

    override fun measureAgain() {
        failed = false
        monitor.measureAgain()
    }

    override fun onFailed(message: String) {
        failed = true
        chart.clear()
        stamp.text = ""
        showVerdict(getString(R.string.verdict_failed), R.color.verdict_unknown)
        setText(status, message)
    }

    private fun showVerdict(text: String, @ColorRes color: Int) {
        setText(verdict, text)
        ViewCompat.setBackgroundTintList(verdict, ContextCompat.getColorStateList(this, color))
    }

    /** Leaves a text that is the same already: TalkBack reads it each time it is set. */
    private fun setText(view: TextView, text: String) {
        if (view.text.toString() != text) view.text = text
    }

    /** Where the samples come from, and how much faster than real time. */
    private fun sourceText(): String {
        if (monitor.live) return getString(R.string.source_sensors)
        val speed = contract.decoder<Decoder.Window>().intervalS * MILLIS / ReplaySource.INTERVAL_MS
        return when {
            speed <= 0 -> getString(R.string.source_recording)
            speed < WHOLE_FROM -> getString(R.string.source_recording_slow, speed)
            else -> getString(R.string.source_recording_fast, Math.round(speed))
        }
    }

    private companion object {
        const val MILLIS = 1000f
        const val WHOLE_FROM = 10f
    }
}
