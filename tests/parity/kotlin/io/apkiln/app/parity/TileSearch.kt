package io.apkiln.app.parity

import io.apkiln.app.frames.Frame
import io.apkiln.app.model.CropPolicy
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.Follows
import io.apkiln.app.model.InputContract
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.OutputContract
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.task.PictureKind
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test

/** A camera looks at one tile a frame, goes round, and stays where it finds something; a picture is searched at once. */
class TileSearch {
    private val frame = object : Frame {
        override val width = 100
        override val height = 80
        override val yRowStride = 100
        override val yPixelStride = 1
        override val uvRowStride = 50
        override val uvPixelStride = 1
        override val rotationDegrees = 0
        override val mirror = false
        override val yPlane: ByteBuffer = ByteBuffer.allocateDirect(8000)
        override val uPlane: ByteBuffer = ByteBuffer.allocateDirect(2000)
        override val vPlane: ByteBuffer = ByteBuffer.allocateDirect(2000)
    }
    private val outputs = listOf(ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder()))

    /** Side of the box / of the square that its model looks at; tiles of 0.6 overlap by 0.2 of the picture. */
    private var boxShare = 0.1f

    /** How sure the landmarks are, look after look. */
    private val sure = ArrayDeque<Float>()

    private fun contract(task: String, crop: CropPolicy) = ModelContract(
        name = task, file = "$task.tflite", sha256 = "0", task = task, crop = crop,
        inputs = listOf(
            InputContract("image", listOf(1, 8, 8, 3), ElementType.FLOAT32, mean = listOf(0f, 0f, 0f), std = listOf(1f, 1f, 1f)),
        ),
        outputs = listOf(OutputContract("points", listOf(1, 1, 1, 2), ElementType.FLOAT32, labels = listOf("a", "b"))),
    )

    /** The box model answers with the middle of the square that it looks at, the other one with all of that square. */
    private inner class Kind : PictureKind<PointsAnswer> {
        override fun decoder(contract: ModelContract) = object : TaskDecoder<PointsAnswer> {
            override fun newAnswer() = PointsAnswer(2)

            override fun decode(outputs: List<ByteBuffer>, answer: PointsAnswer) {
                val inset = if (contract.task == "box") (1 - boxShare) / 2 else 0f
                answer.points.let { it.fill(inset, 0, 2); it.fill(1 - inset, 2, 4) }
                answer.confidence.fill(if (contract.task == "box") 1f else sure.removeFirst())
            }
        }
    }

    private fun pipeline(tilesPerFrame: Int): Pipeline {
        val crop = CropPolicy(Follows.BOX, margin = (1 / boxShare - 1) / 2, tileBelowConfidence = 0.6f, tileSide = 0.6f)
        val contracts = listOf(contract("box", CropPolicy()), contract("landmarks", crop))
        return Pipeline(contracts, { Kind() }, tilesPerFrame) {
            object : ModelRunner {
                override fun run(input: ByteBuffer) = outputs

                override fun close() = Unit
            }
        }
    }

    private fun Pipeline.look(vararg confidences: Float): FloatArray {
        sure += confidences.toList()
        val box = checkNotNull(process(frame).location).box
        assertEquals("looks that were not taken", 0, sure.size)
        return box
    }

    @Test
    fun sureOfTheWholePicture() = assertArrayEquals(WHOLE, pipeline(Pipeline.ALL).look(0.7f), LIMIT)

    @Test
    fun pictureIsSearchedAtOnce() {
        val pipeline = pipeline(Pipeline.ALL)
        assertArrayEquals(TILES[2], pipeline.look(0.5f, 0.1f, 0.2f, 0.9f, 0.8f), LIMIT)
        assertArrayEquals(WHOLE, pipeline.look(0.5f, 0.1f, 0.2f, 0.3f, 0.4f), LIMIT)
    }

    @Test
    fun whatATileMayCutIsNotSearchedFor() {
        boxShare = 0.25f
        assertArrayEquals(WHOLE, pipeline(Pipeline.ALL).look(0.5f), LIMIT)
        assertArrayEquals(WHOLE, pipeline(1).look(0.1f), LIMIT)
    }

    @Test
    fun cameraLooksAtOneTileAFrameAndStays() {
        val pipeline = pipeline(1)
        assertArrayEquals(WHOLE, pipeline.look(0.5f, 0.1f), LIMIT)
        assertArrayEquals(TILES[1], pipeline.look(0.5f, 0.9f), LIMIT)
        assertArrayEquals(TILES[1], pipeline.look(0.1f, 0.9f), LIMIT)
        assertArrayEquals(TILES[1], pipeline.look(0.1f, 0.2f), LIMIT)
        assertArrayEquals(TILES[2], pipeline.look(0.1f, 0.2f), LIMIT)
        assertArrayEquals(TILES[3], pipeline.look(0.1f, 0.2f), LIMIT)
        assertArrayEquals(TILES[0], pipeline.look(0.1f, 0.2f), LIMIT)
    }

    private companion object {
        const val LIMIT = 1e-3f
        val WHOLE = floatArrayOf(0f, 0f, 100f, 80f)
        val TILES = listOf(
            floatArrayOf(0f, 0f, 60f, 60f), floatArrayOf(40f, 0f, 100f, 60f),
            floatArrayOf(0f, 20f, 60f, 80f), floatArrayOf(40f, 20f, 100f, 80f),
        )
    }
}
