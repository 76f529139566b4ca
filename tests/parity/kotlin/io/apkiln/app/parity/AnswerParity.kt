package io.apkiln.app.parity

import io.apkiln.app.classify.ClassAnswer
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.startOnCpu
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** From a camera's planes through one real model to points of a heatmap, or to the likeliest classes. */
@RunWith(Parameterized::class)
class AnswerParity(private val case: Case) {
    @Test
    fun sameAnswer() {
        val pipeline = Pipeline(listOf(case.contract()), ModelContracts::kind) { startOnCpu(case.model("model"), it) }
        val result = pipeline.process(case.frame())
        pipeline.close()
        val limit = case.text("limit").toDouble()
        val answer = result.answers.singleOrNull()?.answer
        val points = answer as? PointsAnswer
        case.compare("points", case.floats("points"), points?.points ?: FloatArray(0), case.text("points.limit").toDouble())
        case.compare("confidence", case.floats("confidence"), points?.confidence ?: FloatArray(0), limit)
        val classes = (answer as? ClassAnswer)?.let { List(minOf(2, it.count), it::ranked) }.orEmpty()
        case.compare("probabilities", case.floats("probabilities"), FloatArray(classes.size) { classes[it].probability }, limit)
        assertEquals(case.texts("labels"), classes.map { it.label })
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("answer")
    }
}
