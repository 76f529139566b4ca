package io.apkiln.app.parity

import io.apkiln.app.frames.Region
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.PointsAnswer
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A model's output → points, in the input square and in the picture; the box around them; whether they count. */
@RunWith(Parameterized::class)
class DecoderParity(private val case: Case) {
    private val contract = case.contract()

    private fun decode() = ModelContracts.kind(contract).decoder(contract).decode(case.bytes("output")) as PointsAnswer

    @Test
    fun samePoints() {
        val answer = decode()
        case.compare("points", case.floats("points"), answer.points)
        case.compare("confidence", case.floats("confidence"), answer.confidence)
        assertEquals(case.text("found").toBoolean(), answer.found)
    }

    @Test
    fun sameAnswerInThePicture() {
        val (left, top, side) = case.doubles("region")
        val answer = decode()
        val limit = Case.TOLERANCE * side
        val (width, height) = case.ints("picture")
        answer.place(Region().apply { set(left, top, side) }, width, height)
        case.compare("placed", case.floats("placed"), answer.points, limit)
        case.compare("box", case.floats("box"), answer.box, limit)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("decoder")
    }
}
