package io.apkiln.app.sensors

import android.content.res.AssetManager
import android.os.Handler
import io.apkiln.app.R
import io.apkiln.app.window.Recording
import java.io.IOException

/** Plays the recording in the app's assets in a loop, one sample every [INTERVAL_MS]. */
class ReplaySource(
    private val assets: AssetManager,
    private val channels: List<String>,
    handler: Handler,
    private val listener: SampleSource.Listener,
) : SampleSource {
    private val ticker = Ticker(handler, INTERVAL_MS, ::play)
    private var recording: Recording? = null
    private var next = 0

    override fun start() {
        if (recording == null) recording = read()
        ticker.start()
    }

    override fun stop() = ticker.stop()

    private fun play() {
        val recording = recording ?: return
        if (next == recording.values.size) {
            next = 0
            listener.onGap()
        }
        listener.onSample(recording.stamps[next], recording.values[next])
        next++
    }

    private fun read(): Recording =
        try {
            assets.open(FILE).bufferedReader().useLines { Recording.parse(it, channels) }
        } catch (error: IOException) {
            throw SourceFailure(R.string.recording_missing, cause = error)
        } catch (broken: Recording.Broken) {
            throw SourceFailure(text(broken.problem), broken.detail, broken)
        }

    private fun text(problem: Recording.Problem): Int = when (problem) {
        Recording.Problem.EMPTY -> R.string.recording_empty
        Recording.Problem.NO_CHANNEL -> R.string.recording_channel
        Recording.Problem.BAD_LINE -> R.string.recording_line
    }

    companion object {
        const val INTERVAL_MS = 50L
        private const val FILE = "replay.csv"
    }
}
