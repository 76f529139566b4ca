package io.apkiln.app.parity

import io.apkiln.app.window.Recording
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A CSV file → samples, or what is wrong with it. */
@RunWith(Parameterized::class)
class RecordingParity(private val case: Case) {
    @Test
    fun sameSamples() {
        val bytes = case.bytes("csv")
        val text = Charsets.UTF_8.decode(bytes).toString()
        val (told, values) = try {
            val recording = text.reader().useLines { Recording.parse(it, case.texts("channels")) }
            recording.stamps.joinToString("|") to recording.values.flatMap { it.asList() }
        } catch (broken: Recording.Broken) {
            "${broken.problem} ${broken.detail}".trim() to emptyList()
        }
        assertEquals(case.text("told"), told)
        val found = values.map { if (it.isNaN()) MISSING else it }.toFloatArray()
        case.compare("samples", case.floats("samples"), found, 1e-3)
    }

    companion object {
        private const val MISSING = -9999f

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("recording")
    }
}
