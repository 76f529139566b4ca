package io.apkiln.app.parity

import io.apkiln.app.raw.RawDecoder
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Outputs of any shape → their ranges, histograms and largest values. */
@RunWith(Parameterized::class)
class RawParity(private val case: Case) {
    private val decoder = RawDecoder(case.contract())
    private val answer = decoder.newAnswer()

    @Test
    fun sameFigures() {
        repeat(2) { decoder.decode(case.outputs(), answer) }
        assertEquals(case.int("count"), answer.count)
        assertEquals(case.int("shown"), answer.outputs.size)
        for ((k, output) in answer.outputs.withIndex()) {
            case.compare("range", case.floats("$k.range"), floatArrayOf(output.lowest, output.highest))
            assertEquals("$k", case.ints("$k.bins"), output.bins.toList())
            assertEquals("$k", case.ints("$k.top"), output.top.take(output.topCount))
            case.compare("top", case.floats("$k.values"), output.topValues.copyOf(output.topCount))
            assertEquals("$k", case.int("$k.strange"), output.strange)
        }
    }

    @Test
    fun nothingIsAllocated() {
        val outputs = case.outputs()
        assertAllocatesNothing("decoding") { decoder.decode(outputs, answer) }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("raw")
    }
}
