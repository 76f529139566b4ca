package io.apkiln.app.sensors

import androidx.annotation.StringRes

/** Brings samples, one at a time, on a thread of its choosing, which is that of all its functions too. */
interface SampleSource {
    interface Listener {
        /** One value a channel, NaN where it is missing; [stamp] says when it was. */
        fun onSample(stamp: String, values: FloatArray)

        /** The next sample does not follow on the last one. */
        fun onGap()
    }

    /** Begins, or goes on. Throws [SourceFailure] where there is nothing to bring. */
    fun start()

    fun stop()
}

/** Why there are no samples, as text for the screen, with the word that belongs in it. */
class SourceFailure(@StringRes val text: Int, val word: String = "") : Exception()
