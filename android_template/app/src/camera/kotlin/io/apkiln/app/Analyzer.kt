package io.apkiln.app

import android.content.Context
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.os.SystemClock
import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.UnreadableFrame
import io.apkiln.app.info.Info
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.overlay.FrameRate
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import java.io.IOException

/** Runs the models on a thread of its own, that of [handler], and posts their results to the main thread. */
class Analyzer(private val context: Context, private val listener: Listener) {
    /** Called on the main thread, never after [close]. */
    interface Listener {
        fun onResult(result: FrameResult, framesPerSecond: Float, states: Map<String, DelegateState>)

        /** [candidate] is being measured, which takes a moment. */
        fun onTrying(candidate: Candidate)

        /** [candidate]'s driver does not come back. */
        fun onStuck(candidate: Candidate)

        /** A frame can't be read; the next one may be readable. */
        fun onFrameFailed(message: String)

        fun onModelFailed(message: String)
    }

    private val thread = HandlerThread("analysis").apply { start() }
    val handler = Handler(thread.looper)
    private val main = Handler(Looper.getMainLooper())
    private val rate = FrameRate()
    private val models = Models(context, onStuck = { notifyListener { onStuck(it) } }) { notifyListener { onTrying(it) } }
    private var pipeline: Pipeline? = null
    private var framesPerSecond = 0f

    @Volatile
    private var closed = false

    init {
        handler.post(::restart)
    }

    /** Runs the models on a frame; on the thread of [handler]. Frames are dropped while no model works. */
    fun analyze(frame: Frame) {
        val pipeline = pipeline ?: return
        val result = guarded { pipeline.process(frame) } ?: return
        framesPerSecond = rate.tick(SystemClock.elapsedRealtimeNanos())
        val (newestRate, states) = framesPerSecond to models.states
        notifyListener { onResult(result, newestRate, states) }
    }

    /** Calls [answer] on the main thread with what is known about the models. */
    fun ask(answer: (Info) -> Unit) {
        handler.post {
            val info = models.info(framesPerSecond)
            notifyListener { answer(info) }
        }
    }

    /** Runs the models on the candidate [key] from now on. */
    fun choose(key: String) {
        handler.post {
            models.choose(key)
            restart()
        }
    }

    /** Forgets which candidate is fastest, and measures again. */
    fun measureAgain() {
        handler.post {
            models.forget(ModelContracts.all)
            restart()
        }
    }

    /** Closes the models after the current frame. */
    fun close() {
        closed = true
        handler.post(::drop)
        thread.quitSafely()
    }

    private fun restart() {
        drop()
        pipeline = guarded { Pipeline(ModelContracts.all, ModelContracts::kind, tilesPerFrame = 1, models::open) }
    }

    private fun <T> guarded(action: () -> T): T? =
        try {
            action()
        } catch (error: UnreadableFrame) {
            notifyListener { onFrameFailed(error.message.orEmpty()) }
            null
        } catch (error: IllegalStateException) {
            fail(error)
        } catch (error: IllegalArgumentException) {
            fail(error)
        } catch (error: IOException) {
            fail(error)
        }

    private fun fail(error: Exception): Nothing? {
        drop()
        val message = failureText(context, error)
        notifyListener { onModelFailed(message) }
        return null
    }

    private fun drop() {
        pipeline?.close()
        pipeline = null
        models.clear()
    }

    private fun notifyListener(action: Listener.() -> Unit) {
        main.post { if (!closed) listener.action() }
    }
}
