package io.apkiln.app

import android.content.Context
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.os.SystemClock
import android.util.Log
import androidx.lifecycle.ViewModel
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

/**
 * Runs the models on a thread of its own, that of [handler], and posts their results to the main thread.
 *
 * It outlives the activity when that is made anew, as after a change of language or dark mode: models need not start again.
 */
class Analyzer(private val context: Context) : ViewModel() {
    /** Called on the main thread. */
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
    private var lastUnreadable = ""

    /** Whom to tell; for the main thread, as [failure]. */
    private var listener: Listener? = null
    private var failure: Exception? = null

    init {
        handler.post(::restart)
    }

    /** Tells [listener] instead of the one before, from now on; also of a failure that is there. */
    fun attach(listener: Listener) {
        this.listener = listener
        failure?.let { listener.onModelFailed(failureText(context, it)) }
    }

    /** Tells [listener] no more. */
    fun detach(listener: Listener) {
        if (this.listener === listener) this.listener = null
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
    override fun onCleared() {
        handler.post(::drop)
        thread.quitSafely()
    }

    private fun restart() {
        drop()
        main.post { failure = null }
        pipeline = guarded { Pipeline(ModelContracts.all, ModelContracts::kind, tilesPerFrame = 1, models::open) }
    }

    private fun <T> guarded(action: () -> T): T? =
        try {
            action()
        } catch (error: UnreadableFrame) {
            skip(error)
        } catch (error: IllegalStateException) {
            fail(error)
        } catch (error: IllegalArgumentException) {
            fail(error)
        } catch (error: IOException) {
            fail(error)
        }

    private fun skip(error: UnreadableFrame): Nothing? {
        val message = error.message.orEmpty()
        if (message != lastUnreadable) Log.w(LogTag.CAMERA, "a frame can't be read", error)
        lastUnreadable = message
        notifyListener { onFrameFailed(message) }
        return null
    }

    private fun fail(error: Exception): Nothing? {
        drop()
        Log.w(LogTag.MODEL, "the models stopped", error)
        main.post {
            failure = error
            listener?.onModelFailed(failureText(context, error))
        }
        return null
    }

    private fun drop() {
        pipeline?.close()
        pipeline = null
        models.clear()
    }

    private fun notifyListener(action: Listener.() -> Unit) {
        main.post { listener?.action() }
    }
}
