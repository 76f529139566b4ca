package io.apkiln.app.parity

import io.apkiln.app.model.startOnCpu
import io.apkiln.app.window.WindowDecoder
import io.apkiln.app.window.WindowPipeline
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A recording, sample by sample, through a real model to p(Abnormal) and alarms. */
@RunWith(Parameterized::class)
class RecordedParity(private val case: Case) {
    @Test
    fun sameProbabilitiesAndAlarms() {
        val contract = case.contract()
        val pipeline = WindowPipeline(contract, ::WindowDecoder) { startOnCpu(case.model("model"), it) }
        val samples = case.array("samples").asList().chunked(contract.input.channels.size)
        val results = samples.map { pipeline.process("", it.toFloatArray()) }
        pipeline.close()
        assertEquals(case.int("first"), results.indexOfFirst { it.answer != null })
        val answers = results.mapNotNull { it.answer }
        val probabilities = FloatArray(answers.size) { answers[it].probability }
        case.compare("p(Abnormal)", case.floats("probabilities"), probabilities, case.text("limit").toDouble())
        case.compare("alarms", case.floats("alarms"), FloatArray(answers.size) { if (answers[it].alarm) 1f else 0f }, 0.0)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("recorded")
    }
}
