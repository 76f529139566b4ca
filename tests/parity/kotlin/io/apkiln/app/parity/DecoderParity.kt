package io.apkiln.app.parity

import io.apkiln.app.frames.Region
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.TaskDecoder
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A model's output → points, in the input and in the picture; the box around them; whether they count. */
@RunWith(Parameterized::class)
class DecoderParity(private val case: Case) {
    private val contract = case.contract()

    private fun decode() = ModelContracts.kind(contract).decoder(contract).decode(case.outputs()) as PointsAnswer

    @Test
    fun samePoints() {
        val answer = decode()
        case.compare("points", case.floats("points"), answer.points)
        case.compare("confidence", case.floats("confidence"), answer.confidence)
        assertEquals(case.text("found").toBoolean(), answer.found)
    }

    @Test
    fun sameAnswerInThePicture() {
        val (left, top, width, height) = case.doubles("region")
        val answer = decode()
        val limit = Case.TOLERANCE * maxOf(width, height)
        val (imageWidth, imageHeight) = case.ints("picture")
        answer.place(Region().apply { set(left, top, width, height) }, imageWidth, imageHeight)
        case.compare("placed", case.floats("placed"), answer.points, limit)
        case.compare("box", case.floats("box"), answer.box, limit)
    }

    @Test
    fun nothingIsAllocated() = nothingIsAllocated(ModelContracts.kind(contract).decoder(contract))

    private fun <A> nothingIsAllocated(decoder: TaskDecoder<A>) {
        val (answer, outputs) = decoder.newAnswer() to case.outputs()
        assertAllocatesNothing("decoding") { decoder.decode(outputs, answer) }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("decoder")
    }
}
