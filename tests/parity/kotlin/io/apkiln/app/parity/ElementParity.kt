package io.apkiln.app.parity

import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A tensor's buffer → real numbers, and back into the same bytes. */
@RunWith(Parameterized::class)
class ElementParity(private val case: Case) {
    private val contract = case.contract()
    private val elements = TensorElements(contract.input)

    @Test
    fun sameNumbersAndTheSameBytes() {
        val stored = case.bytes("stored")
        val expected = case.floats("expected")
        val found = FloatArray(expected.size) { elements.read(stored, it) }
        case.compare("read", expected, found, 1e-3)
        val written = ByteBuffer.allocate(stored.capacity()).order(ByteOrder.nativeOrder())
        for (index in found.indices) elements.write(written, index, found[index])
        assertEquals(List(stored.capacity(), stored::get), List(written.capacity(), written::get))
    }

    /** What is beyond an integer's range becomes its end. */
    @Test
    fun valuesAreClipped() {
        val dtype = contract.input.dtype
        if (dtype.highest == 0L) return
        val buffer = ByteBuffer.allocate(dtype.bytes).order(ByteOrder.nativeOrder())
        for ((value, end) in listOf(1e30f to dtype.highest, -1e30f to dtype.lowest)) {
            dtype.write(buffer, 0, value)
            assertEquals(end.toFloat(), dtype.read(buffer, 0), 0f)
        }
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("element")
    }
}
