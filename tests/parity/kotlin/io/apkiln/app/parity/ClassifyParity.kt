package io.apkiln.app.parity

import io.apkiln.app.model.ClassAnswer
import io.apkiln.app.model.Guess
import io.apkiln.app.model.ModelContracts
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A model's output → the likeliest class, the runner-up, and whether the first is likely enough. */
@RunWith(Parameterized::class)
class ClassifyParity(private val case: Case) {
    @Test
    fun sameGuess() {
        val contract = case.contract()
        val answer = ModelContracts.decoder(contract).decode(case.bytes("output")) as ClassAnswer
        case.compare("probability", case.floats("probability"), answer.probability)
        val guess = Guess.of(answer, contract.labels)
        assertEquals(case.texts("labels"), listOfNotNull(guess.first.label, guess.second?.label))
        assertEquals(case.text("sure").toBoolean(), guess.sure)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("classify")
    }
}
