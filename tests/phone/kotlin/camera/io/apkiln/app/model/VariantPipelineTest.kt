package io.apkiln.app.model

import io.apkiln.app.RedSquare
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Test

/** The camera's pipeline with a model of two files, of which the runner takes one. */
class VariantPipelineTest {
    private val contract = ModelContracts.all.single()
    private val int8 = contract.copy(
        inputs = listOf(contract.input.copy(dtype = ElementType.INT8, scale = 1 / 127.5f, zeroPoint = -1)),
        outputs = listOf(contract.output.copy(dtype = ElementType.INT8, scale = 0.125f, zeroPoint = 5)),
    )

    /** Answers as the formula's model does, through the types of [file]. */
    private class FormulaRunner(private val file: ModelContract, private val named: Boolean) : ModelRunner {
        val inputs = ArrayList<Int>()
        val looks = ArrayList<FloatArray>()

        override fun variant(input: ModelInput): ModelContract? {
            if (!named) return null
            val tensor = input.tensor(file)
            looks += FloatArray(3) { TensorElements(file.input).read(tensor, it) }
            return file
        }

        override fun run(input: ByteBuffer): List<ByteBuffer> {
            inputs += input.capacity()
            val (_, side, _, channels) = file.input.shape
            val grid = file.output.shape[1]
            val step = side / grid
            val (from, to) = TensorElements(file.input) to TensorElements(file.output)
            val output = ByteBuffer.allocateDirect(grid * grid * file.output.dtype.bytes).order(ByteOrder.nativeOrder())
            for (cell in 0 until grid * grid) {
                val pixel = (cell / grid * step + step / 2) * side + cell % grid * step + step / 2
                val (red, green, blue) = List(channels) { from.read(input, channels * pixel + it) }
                to.write(output, cell, 9 * (red - (green + blue) / 2) - 9)
            }
            return listOf(output)
        }

        override fun close() = Unit
    }

    private fun points(runner: ModelRunner): FloatArray {
        val pipeline = Pipeline(listOf(contract), ModelContracts::kind) { runner }
        repeat(2) { pipeline.process(RedSquare(0.3, 0.6)) }
        val answer = pipeline.process(RedSquare(0.3, 0.6)).answers.single().answer as PointsAnswer
        assertNotNull(answer.box)
        return answer.points
    }

    @Test
    fun inputAndOutputAreThoseOfTheFileThatRuns() {
        val elements = contract.input.shape.reduce(Int::times)
        val runner = FormulaRunner(int8, named = true)
        val found = points(runner)
        assertEquals(setOf(elements), runner.inputs.toSet())
        val plain = FormulaRunner(contract, named = false)
        assertArrayEquals(points(plain), found, 0.5f)
        assertEquals(setOf(4 * elements), plain.inputs.toSet())
    }

    @Test
    fun whatItLooksAtIsTheFrameAtHand() {
        val runner = FormulaRunner(int8, named = true)
        points(runner)
        assertEquals(3, runner.looks.size)
        runner.looks.forEach { assertArrayEquals(runner.looks.first(), it, 0f) }
    }
}
