package io.apkiln.app.parity

import io.apkiln.app.detect.DetectKind
import io.apkiln.app.frames.Region
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A detector's outputs → objects in the picture, the surest first. */
@RunWith(Parameterized::class)
class DetectParity(private val case: Case) {
    @Test
    fun sameObjects() {
        val decoder = DetectKind.decoder(case.contract())
        val answer = decoder.newAnswer()
        // The same answer serves every frame: nothing of an earlier one may remain.
        repeat(2) { decoder.decode(case.outputs(), answer) }
        val (left, top, width, height) = case.doubles("region")
        val (imageWidth, imageHeight) = case.ints("picture")
        answer.place(Region().apply { set(left, top, width, height) }, imageWidth, imageHeight)
        assertEquals(case.int("count"), answer.count)
        assertEquals(answer.count > 0, answer.found)
        assertEquals(case.ints("classes"), answer.classes.take(answer.count))
        case.compare("scores", case.floats("scores"), answer.scores.copyOf(answer.count))
        val limit = Case.TOLERANCE * maxOf(width, height)
        case.compare("boxes", case.floats("boxes"), answer.boxes.copyOf(4 * answer.count), limit)
        case.compare("points", case.floats("points"), answer.points.copyOf(2 * answer.pointCount * answer.count), limit)
        case.compare("box", case.floats("boxes").take(4).toFloatArray(), answer.box ?: FloatArray(0), limit)
    }

    @Test
    fun nothingIsAllocated() {
        val decoder = DetectKind.decoder(case.contract())
        val (answer, outputs) = decoder.newAnswer() to case.outputs()
        assertAllocatesNothing("decoding") { decoder.decode(outputs, answer) }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("detect")
    }
}
