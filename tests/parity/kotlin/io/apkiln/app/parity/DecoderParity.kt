package io.apkiln.app.parity

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.PointsDecoder
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A model's output → points, in the input square and in the picture; the box around them. */
@RunWith(Parameterized::class)
class DecoderParity(private val case: Case) {
    private val contract = case.contract()

    @Test
    fun samePoints() {
        val answer = Answer(contract.points.size)
        PointsDecoder(contract).decode(case.bytes("output"), answer)
        case.compare("points", case.floats("points"), answer.points)
        case.compare("confidence", case.floats("confidence"), answer.confidence)
    }

    @Test
    fun sameAnswerInThePicture() {
        val (left, top, side) = case.doubles("region")
        val answer = ModelContracts.decoder(contract).decode(case.bytes("output"), Region().apply { set(left, top, side) })
        val limit = Case.TOLERANCE * side
        case.compare("placed", case.floats("placed"), answer.points, limit)
        val (width, height) = case.ints("picture")
        answer.enclose(contract.boxMargin, width, height)
        case.compare("box", case.floats("box"), answer.box, limit)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("decoder")
    }
}
