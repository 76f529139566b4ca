package io.apkiln.app.parity

import io.apkiln.app.window.WindowBuffer
import io.apkiln.app.window.WindowDecoder
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Samples, some of their values missing → the model's inputs; its output → p(Abnormal). */
@RunWith(Parameterized::class)
class WindowParity(private val case: Case) {
    private val contract = case.contract()

    @Test
    fun sameWindows() {
        val samples = case.array("samples").asList().chunked(contract.input.channels.size)
        val expected = case.bytes("windows")
        val found = ByteBuffer.allocateDirect(expected.capacity()).order(ByteOrder.nativeOrder())
        val buffer = WindowBuffer(contract)
        // The same object serves every stretch of samples: nothing of an earlier one may remain.
        repeat(contract.input.shape[1] + 1) { buffer.add(FloatArray(contract.input.channels.size) { c -> 1e3f * c }) }
        buffer.clear()
        val full = FloatArray(samples.size) { n ->
            buffer.add(samples[n].toFloatArray())
            val tensor = buffer.tensor()
            if (tensor != null) found.put(tensor)
            if (tensor != null) 1f else 0f
        }
        case.compare("full", case.floats("full"), full, 0.0)
        found.rewind()
        case.compareTensors("windows", expected, found, contract.input.dtype)
    }

    @Test
    fun sameProbability() {
        val output = case.bytes("output")
        val step = contract.output.dtype.bytes
        val decoder = WindowDecoder(contract)
        val found = FloatArray(output.capacity() / step) { n ->
            output.position(n * step)
            decoder.decode(listOf(output.slice().order(ByteOrder.nativeOrder()))).probability
        }
        case.compare("probability", case.floats("probability"), found)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("window")
    }
}
