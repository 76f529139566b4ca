package io.apkiln.app.sensors

import androidx.annotation.StringRes

/** Delivers samples one at a time; all calls, in both directions, are on one thread. */
interface SampleSource {
    interface Listener {
        /** One value per channel, NaN if it is missing; [stamp] is its time as text. */
        fun onSample(stamp: String, values: FloatArray)

        /** The next sample does not continue the last one. */
        fun onGap()
    }

    /** Starts, or resumes. Throws [SourceFailure] if there are no samples. */
    fun start()

    fun stop()
}

/** Why there are no samples: a text for the screen, with the word to insert. */
class SourceFailure(@get:StringRes val text: Int, val word: String = "", cause: Exception? = null) : Exception(word, cause)
