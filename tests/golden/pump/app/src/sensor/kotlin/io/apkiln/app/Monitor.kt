package io.apkiln.app

import android.content.Context
import android.hardware.SensorManager
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import io.apkiln.app.model.DelegateState
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.TfliteRunner
import io.apkiln.app.model.openModel
import io.apkiln.app.sensors.PhoneSensors
import io.apkiln.app.sensors.ReplaySource
import io.apkiln.app.sensors.SampleSource
import io.apkiln.app.sensors.SourceFailure
import io.apkiln.app.window.WindowPipeline
import io.apkiln.app.window.WindowResult
import java.io.IOException

/** Takes samples and runs the model on a thread of its own, and hands what it says to the main thread. */
class Monitor(private val context: Context, private val listener: Listener) : SampleSource.Listener {
    /** Called on the main thread, never after [close]. */
    interface Listener {
        fun onResult(result: WindowResult, state: DelegateState?)

        /** What comes next does not follow on what was. */
        fun onGap()

        fun onFailed(message: String)
    }

    private val contract: ModelContract = ModelContracts.all.single()
    private val thread = HandlerThread("analysis").apply { start() }
    private val handler = Handler(thread.looper)
    private val main = Handler(Looper.getMainLooper())
    private var pipeline: WindowPipeline? = null
    private var source: SampleSource? = null

    @Volatile
    private var closed = false

    /** Whether the samples are those of the phone itself, not a recording's. */
    val live = PhoneSensors.serve(contract.channels)

    init {
        handler.post {
            guarded {
                pipeline = WindowPipeline(contract, ModelContracts.decoder(contract)) {
                    TfliteRunner(openModel(context, it.file), it, ModelContracts.DELEGATE)
                }
                source = makeSource()
            }
        }
    }

    fun start() {
        handler.post { guarded { source?.start() } }
    }

    fun stop() {
        handler.post { source?.stop() }
    }

    /** Closes the model once the sample in work is done. */
    fun close() {
        closed = true
        handler.post(::drop)
        thread.quitSafely()
    }

    override fun onSample(stamp: String, values: FloatArray) {
        val pipeline = pipeline ?: return
        guarded {
            val result = pipeline.process(stamp, values)
            val state = pipeline.state
            tell { onResult(result, state) }
        }
    }

    override fun onGap() {
        pipeline?.clear()
        tell { onGap() }
    }

    private fun makeSource(): SampleSource {
        if (!live) return ReplaySource(context.assets, contract.channels, handler, this)
        val manager = context.getSystemService(Context.SENSOR_SERVICE) as SensorManager
        return PhoneSensors(manager, contract.channels, contract.intervalSeconds, handler, this)
    }

    private fun guarded(action: () -> Unit) {
        try {
            action()
        } catch (failure: SourceFailure) {
            fail(context.getString(failure.text, failure.word))
        } catch (error: IllegalStateException) {
            failModel(error)
        } catch (error: IllegalArgumentException) {
            failModel(error)
        } catch (error: IOException) {
            failModel(error)
        }
    }

    private fun failModel(error: Exception) =
        fail(context.getString(R.string.status_model_failed, error.message ?: error.javaClass.simpleName))

    private fun fail(message: String) {
        drop()
        tell { onFailed(message) }
    }

    private fun drop() {
        source?.stop()
        source = null
        pipeline?.close()
        pipeline = null
    }

    private fun tell(action: Listener.() -> Unit) {
        main.post { if (!closed) listener.action() }
    }
}
