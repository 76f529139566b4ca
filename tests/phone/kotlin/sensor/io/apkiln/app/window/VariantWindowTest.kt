package io.apkiln.app.window

import io.apkiln.app.model.ElementType
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelInput
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

/** The sensors' pipeline with a model of two files, of which the runner takes one. */
class VariantWindowTest {
    private val contract = ModelContracts.all.single()
    private val int8 = contract.copy(
        inputs = listOf(contract.input.copy(dtype = ElementType.INT8, scale = 0.02f, zeroPoint = 3)),
        outputs = listOf(contract.output.copy(dtype = ElementType.INT8, scale = 1 / 256f, zeroPoint = -128)),
    )

    /** Says a quarter, through the types of [file]. */
    private class QuarterRunner(private val file: ModelContract) : ModelRunner {
        val first = ArrayList<Float>()

        override fun variant(input: ModelInput): ModelContract = file

        override fun run(input: ByteBuffer): List<ByteBuffer> {
            first += TensorElements(file.input).read(input, 0)
            val output = ByteBuffer.allocateDirect(file.output.dtype.bytes).order(ByteOrder.nativeOrder())
            TensorElements(file.output).write(output, 0, 0.25f)
            return listOf(output)
        }

        override fun close() = Unit
    }

    @Test
    fun inputAndOutputAreThoseOfTheFileThatRuns() {
        val runner = QuarterRunner(int8)
        val pipeline = WindowPipeline(contract, ModelContracts.kind(contract)::decoder) { runner }
        val (mean, std) = contract.normalization.mean to contract.normalization.std
        val sample = FloatArray(mean.size) { mean[it] + std[it] }
        val length = contract.input.shape[1]
        repeat(length - 1) { assertNull(pipeline.process("", sample).answer) }
        repeat(3) { assertEquals(0.25f, checkNotNull(pipeline.process("", sample).answer).probability, 1e-3f) }
        assertEquals(listOf(1f, 1f, 1f), runner.first)
    }
}
