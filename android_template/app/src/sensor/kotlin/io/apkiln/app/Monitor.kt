package io.apkiln.app

import android.content.Context
import android.hardware.SensorManager
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.util.Log
import androidx.lifecycle.ViewModel
import io.apkiln.app.info.Info
import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.sensors.PhoneSensors
import io.apkiln.app.sensors.ReplaySource
import io.apkiln.app.sensors.SampleSource
import io.apkiln.app.sensors.SourceFailure
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.window.WindowPipeline
import io.apkiln.app.window.WindowResult
import java.io.IOException

/**
 * Takes samples and runs the model on a thread of its own, and posts its answers to the main thread.
 *
 * It outlives the activity when that is made anew, as after a change of language or dark mode: the model need not start again.
 */
class Monitor(
    private val context: Context,
    private val contract: ModelContract = ModelContracts.all.single(),
) : ViewModel(), SampleSource.Listener {
    /** Called on the main thread. */
    interface Listener {
        fun onResult(result: WindowResult, state: DelegateState?)

        /** [candidate] is being measured, which takes a moment. */
        fun onTrying(candidate: Candidate)

        /** [candidate]'s driver does not come back. */
        fun onStuck(candidate: Candidate)

        /** The next sample does not continue the last one. */
        fun onGap()

        fun onFailed(message: String)
    }

    private val thread = HandlerThread("analysis").apply { start() }
    private val handler = Handler(thread.looper)
    private val main = Handler(Looper.getMainLooper())
    private val models = Models(context, onStuck = { notifyListener { onStuck(it) } }, ::onTrying)
    private var pipeline: WindowPipeline? = null
    private var source: SampleSource? = null
    private var wanted = false
    private var tried = false

    /** Whom to tell; for the main thread, as [failure]. */
    private var listener: Listener? = null
    private var failure: Exception? = null

    /** Whether the samples are measured by the phone itself rather than played from a recording. */
    val live = (context.applicationContext as ModelApp).hasSensors && PhoneSensors.measure(contract.input.channels)

    init {
        handler.post(::restart)
    }

    /** Tells [listener] instead of the one before, from now on; also of a failure that is there. */
    fun attach(listener: Listener) {
        this.listener = listener
        failure?.let { listener.onFailed(text(it)) }
    }

    /** Tells [listener] no more. */
    fun detach(listener: Listener) {
        if (this.listener === listener) this.listener = null
    }

    fun start() {
        handler.post {
            wanted = true
            guarded { source?.start() }
        }
    }

    fun stop() {
        handler.post {
            wanted = false
            source?.stop()
        }
    }

    /** Calls [answer] on the main thread with what is known about the model. */
    fun ask(answer: (Info) -> Unit) {
        handler.post {
            val info = models.info(framesPerSecond = null)
            notifyListener { answer(info) }
        }
    }

    /** Runs the model on the candidate [key] from now on. */
    fun choose(key: String) {
        handler.post {
            models.choose(key)
            restart()
        }
    }

    /** Forgets which candidate is fastest, and measures again. */
    fun measureAgain() {
        handler.post {
            models.forget(listOf(contract))
            restart()
        }
    }

    /** Closes the model after the current sample. */
    override fun onCleared() {
        handler.post(::drop)
        thread.quitSafely()
    }

    override fun onSample(stamp: String, values: FloatArray) {
        val pipeline = pipeline ?: return
        guarded {
            tried = false
            val result = pipeline.process(stamp, values)
            val state = models.states.values.lastOrNull()
            notifyListener { onResult(result, state) }
            if (tried && live) onGap() // sensors went on while candidates were measured
        }
    }

    override fun onGap() {
        pipeline?.clear()
        notifyListener { onGap() }
    }

    private fun onTrying(candidate: Candidate) {
        tried = true
        notifyListener { onTrying(candidate) }
    }

    private fun restart() {
        drop()
        main.post { failure = null }
        notifyListener { onGap() }
        guarded {
            pipeline = WindowPipeline(contract, ModelContracts.kind(contract)::decoder, models::open)
            source = makeSource().also { if (wanted) it.start() }
        }
    }

    private fun makeSource(): SampleSource {
        if (!live) return ReplaySource(context.assets, contract.input.channels, handler, this)
        val manager = context.getSystemService(Context.SENSOR_SERVICE) as SensorManager
        return PhoneSensors(manager, contract.input.channels, contract.decoder<Decoder.Window>().intervalS, handler, this)
    }

    private fun guarded(action: () -> Unit) {
        try {
            action()
        } catch (error: SourceFailure) {
            fail(error, LogTag.SENSORS)
        } catch (error: IllegalStateException) {
            fail(error, LogTag.MODEL)
        } catch (error: IllegalArgumentException) {
            fail(error, LogTag.MODEL)
        } catch (error: IOException) {
            fail(error, LogTag.MODEL)
        }
    }

    private fun fail(error: Exception, tag: String) {
        drop()
        Log.w(tag, "stopped: ${text(error)}", error)
        main.post {
            failure = error
            listener?.onFailed(text(error))
        }
    }

    private fun text(error: Exception): String =
        if (error is SourceFailure) context.getString(error.text, error.word) else failureText(context, error)

    private fun drop() {
        source?.stop()
        source = null
        pipeline?.close()
        pipeline = null
        models.clear()
    }

    private fun notifyListener(action: Listener.() -> Unit) {
        main.post { listener?.action() }
    }
}
