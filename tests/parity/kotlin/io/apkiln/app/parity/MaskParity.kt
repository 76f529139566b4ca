package io.apkiln.app.parity

import io.apkiln.app.frames.Region
import io.apkiln.app.mask.MaskDecoder
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A map → the class of each cell, and the share of the picture that each class covers. */
@RunWith(Parameterized::class)
class MaskParity(private val case: Case) {
    private val decoder = MaskDecoder(case.contract())
    private val answer = decoder.newAnswer()
    private val region = case.doubles("region").let { (left, top, width, height) -> Region().apply { set(left, top, width, height) } }

    @Test
    fun sameCells() {
        val (width, height) = case.ints("picture")
        repeat(2) {
            decoder.decode(case.outputs(), answer)
            answer.place(region, width, height)
        }
        val expected = case.bytes("mask").let { mask -> ByteArray(mask.capacity(), mask::get) }
        assertArrayEquals(expected, answer.cells)
        case.compare("shares", case.floats("shares"), answer.shares, 1e-6)
        assertEquals(case.text("found").toBoolean(), answer.found)
    }

    @Test
    fun nothingIsAllocated() {
        val outputs = case.outputs()
        assertAllocatesNothing("decoding") {
            decoder.decode(outputs, answer)
            answer.place(region, 30, 20)
        }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("mask")
    }
}
