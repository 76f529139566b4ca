package io.apkiln.app

import android.content.Context
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.os.SystemClock
import io.apkiln.app.frames.Frame
import io.apkiln.app.model.DelegateState
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.TfliteRunner
import io.apkiln.app.model.openModel
import io.apkiln.app.overlay.FrameRate
import java.io.IOException

/** Runs the models on a thread of its own, [handler]'s, and hands what they say to the main thread. */
class Analyzer(private val context: Context, private val listener: Listener) {
    /** Called on the main thread, never after [close]. */
    interface Listener {
        fun onResult(result: FrameResult, framesPerSecond: Float, states: Set<DelegateState>)

        fun onModelFailed(message: String)
    }

    private val thread = HandlerThread("analysis").apply { start() }
    val handler = Handler(thread.looper)
    private val main = Handler(Looper.getMainLooper())
    private val rate = FrameRate()
    private var pipeline: Pipeline? = null

    @Volatile
    private var closed = false

    init {
        handler.post { pipeline = guarded { makePipeline() } }
    }

    /** Looks at one frame; on [handler]'s thread. Frames are dropped while there is no model that works. */
    fun analyze(frame: Frame) {
        val pipeline = pipeline ?: return
        val result = guarded { pipeline.process(frame) } ?: return
        val framesPerSecond = rate.tick(SystemClock.elapsedRealtimeNanos())
        val states = pipeline.states
        tell { onResult(result, framesPerSecond, states) }
    }

    /** Closes the models once the frame in work is done. */
    fun close() {
        closed = true
        handler.post(::drop)
        thread.quitSafely()
    }

    private fun makePipeline() = Pipeline(ModelContracts.all, ModelContracts::decoder) { contract ->
        TfliteRunner(openModel(context, contract.file), contract, ModelContracts.DELEGATE)
    }

    private fun <T> guarded(action: () -> T): T? =
        try {
            action()
        } catch (error: IllegalStateException) {
            fail(error)
        } catch (error: IllegalArgumentException) {
            fail(error)
        } catch (error: IOException) {
            fail(error)
        }

    private fun fail(error: Exception): Nothing? {
        drop()
        tell { onModelFailed(error.message ?: error.javaClass.simpleName) }
        return null
    }

    private fun drop() {
        pipeline?.close()
        pipeline = null
    }

    private fun tell(action: Listener.() -> Unit) {
        main.post { if (!closed) listener.action() }
    }
}
