package io.apkiln.app.parity

import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
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
        val pipeline = Pipeline(contracts, ModelContracts::decoder) {
            DesktopRunner(case.model("model.${contracts.indexOf(it)}"), it)
        }
        val result = pipeline.process(case.frame())
        pipeline.close()
        assertEquals(case.text("found").toBoolean(), result.found)
        assertEquals(case.ints("upright"), listOf(result.imageWidth, result.imageHeight))
        val box = result.box ?: FloatArray(0)
        case.compare("box", case.floats("exact.box"), box, case.text("exact.box.limit").toDouble())
        case.compare("points", case.floats("exact.points"), result.points, case.text("exact.points.limit").toDouble())
        val confidenceLimit = case.text("confidence.limit").toDouble()
        case.compareMean("mean confidence", case.floats("exact.confidence"), result.confidence, confidenceLimit)
        // A rounded crop can tip a heatmap with two peaks over to the other: what counts is the mean.
        case.compareMean("host: mean box", case.floats("host.box"), box, case.text("host.box.limit").toDouble())
        case.compareMean("host: mean points", case.floats("host.points"), result.points, case.text("host.points.limit").toDouble())
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("chain")
    }
}
