package io.apkiln.app.parity

import io.apkiln.app.frames.Frame
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.startOnCpu
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

/** What is followed from frame to frame: a sequence whose frames are the cases, one after the other. */
class TrackParity {
    private val cases = Case.all("track")
    private val contracts = List(2) { cases.first().contract("contract.$it") }

    /** How often each model ran. */
    private val runs = IntArray(2)

    private fun pipeline(start: (ModelContract, Int) -> ModelRunner) = Pipeline(contracts, ModelContracts::kind) { contract ->
        val index = contracts.indexOf(contract)
        val runner = start(contract, index)
        object : ModelRunner by runner {
            override fun run(input: ByteBuffer): List<ByteBuffer> {
                runs[index]++
                return runner.run(input)
            }
        }
    }

    @Test
    fun sameFramesAreFollowedLostAndFound() {
        val pipeline = pipeline { contract, index -> startOnCpu(cases.first().model("model.$index"), contract) }
        for (case in cases) {
            runs.fill(0)
            val result = pipeline.process(case.frame())
            assertEquals("$case: models that ran", case.ints("runs"), runs.toList())
            assertEquals("$case", case.text("found").toBoolean(), result.found)
            val points = (result.answers.singleOrNull()?.answer as PointsAnswer?)?.points ?: FloatArray(0)
            case.compare("points", case.floats("points"), points, case.text("limit").toDouble())
            assertEquals("$case", result.found, result.anchor != null)
            assertEquals("the point that is shown", result.anchor?.toList(), points.toList().takeLast(2).ifEmpty { null })
            result.recycle()
        }
        pipeline.close()
    }

    private fun direct(vararg values: Float): ByteBuffer =
        ByteBuffer.allocateDirect(4 * values.size).order(ByteOrder.nativeOrder()).also { buffer -> values.forEach(buffer::putFloat) }

    /** One palm in the middle, in the row of the first anchor. */
    private val rows = direct(*FloatArray(640).also { row -> floatArrayOf(28f, 28f, 20f, 20f, 28f, 36f, 28f, 28f, 28f, 20f).copyInto(row) })
    private val logits = direct(*FloatArray(64) { if (it == 0) 9f else -9f })
    private val nothing = direct(*FloatArray(64) { -9f })
    private val points = direct(24f, 40f, 0f, 24f, 24f, 0f, 24f, 10f, 0f)
    private val presence = direct(1f)

    private fun stub(outputs: List<ByteBuffer>) = object : ModelRunner {
        override fun run(input: ByteBuffer) = outputs

        override fun close() = Unit
    }

    @Test
    fun aFrameAllocatesNothing() {
        val frame = cases.first().frame()
        val (seen, unseen) = listOf(rows, logits) to listOf(rows, nothing)
        val pipeline = pipeline { _, index -> stub(if (index == 0) seen else listOf(points, presence)) }
        repeat(20) { pipeline.process(frame).recycle() } // buffers grow as the square does, until that is the whole picture
        assertAllocatesNothing("a frame that is followed") { pipeline.process(frame).recycle() }
        runs.fill(0)
        pipeline.process(frame).recycle()
        assertEquals(listOf(0, 1), runs.toList())
        presence.putFloat(0, 0f)
        assertAllocatesNothing("a frame without a hand") { pipeline.process(frame).recycle() }
        val lonely = pipeline { _, index -> stub(if (index == 0) unseen else listOf(points, presence)) }
        assertAllocatesNothing("a frame without anything") { lonely.process(frame).recycle() }
        runs.fill(0)
        assertNull(lonely.process(frame).location)
        assertEquals(listOf(1, 1), runs.toList())
    }

    @Test
    fun theOtherCameraIsLookedAtAnew() {
        presence.putFloat(0, 1f)
        val pipeline = pipeline { _, index -> stub(if (index == 0) listOf(rows, logits) else listOf(points, presence)) }
        val frame = cases.first().frame()
        val other = object : Frame by frame {
            override val mirror get() = !frame.mirror
        }
        for ((next, expected) in listOf(frame to listOf(1, 1), frame to listOf(0, 1), other to listOf(1, 1), other to listOf(0, 1))) {
            runs.fill(0)
            pipeline.process(next).recycle()
            assertEquals(expected, runs.toList())
        }
    }
}
