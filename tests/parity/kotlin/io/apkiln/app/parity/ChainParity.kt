package io.apkiln.app.parity

import io.apkiln.app.box.BoxKind
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.startOnCpu
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** From a camera's planes through the real models to points in the upright picture. */
@RunWith(Parameterized::class)
class ChainParity(private val case: Case) {
    @Test
    fun sameResult() {
        val contracts = List(case.int("models")) { case.contract("contract.$it") }
        val pipeline = Pipeline(contracts, ModelContracts::kind) {
            startOnCpu(case.model("model.${contracts.indexOf(it)}"), it)
        }
        val result = pipeline.process(case.frame())
        pipeline.close()
        assertEquals(case.text("found").toBoolean(), result.found)
        assertEquals(case.ints("upright"), listOf(result.imageWidth, result.imageHeight))
        val box = result.location?.takeIf { it.framed }?.box ?: FloatArray(0)
        case.compare("box", case.floats("box"), box, case.text("box.limit").toDouble())
        val last = result.answers.lastOrNull { it.kind != BoxKind }?.answer as PointsAnswer?
        case.compare("points", case.floats("points"), last?.points ?: FloatArray(0), case.text("points.limit").toDouble())
        val confidenceLimit = case.text("confidence.limit").toDouble()
        case.compareMean("mean confidence", case.floats("confidence"), last?.confidence ?: FloatArray(0), confidenceLimit)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("chain")
    }
}
