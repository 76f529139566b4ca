package io.apkiln.app.parity

import io.apkiln.app.classify.ClassAnswer
import io.apkiln.app.model.ModelContracts
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A model's output → the likeliest class, the runner-up, and whether the first is likely enough. */
@RunWith(Parameterized::class)
class ClassifyParity(private val case: Case) {
    @Test
    fun sameClasses() {
        val contract = case.contract()
        val answer = ModelContracts.kind(contract).decoder(contract).decode(listOf(case.bytes("output"))) as ClassAnswer
        case.compare("probability", case.floats("probability"), answer.probability)
        assertEquals(case.texts("labels"), List(minOf(2, answer.count)) { answer.ranked(it).label })
        assertEquals(case.text("found").toBoolean(), answer.found)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("classify")
    }
}
