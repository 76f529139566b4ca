package io.apkiln.app.bench

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.InputSize
import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.task.PictureKind
import java.nio.ByteBuffer

/** A camera frame as most phones deliver it: 640 × 480, interleaved chroma, rotated by 90°. Shows a fixed pattern. */
private class PatternFrame : Frame {
    override val width = 640
    override val height = 480
    override val yRowStride = width
    override val yPixelStride = 1
    override val uvRowStride = width
    override val uvPixelStride = 2
    override val rotationDegrees = 90
    override val mirror = false
    override val yPlane = plane(width * height)
    private val chroma = plane(width * height / 2)
    override val uPlane: ByteBuffer = chroma.duplicate()
    override val vPlane: ByteBuffer = chroma.duplicate().apply { position(1) }.slice()

    private fun plane(size: Int): ByteBuffer {
        val plane = ByteBuffer.allocateDirect(size)
        for (index in 0 until size) plane.put(index, (index % width * 7 + index / width * 3 and 0xff).toByte())
        return plane
    }
}

/** What a camera screen does with a frame, for one model on the whole picture. */
fun makeWork(contract: ModelContract, runner: ModelRunner): FrameWork =
    PictureWork(contract, runner, ModelContracts.kind(contract))

private class PictureWork<A : Answer>(
    contract: ModelContract,
    private val runner: ModelRunner,
    kind: PictureKind<A>,
) : FrameWork {
    private val picture = PatternFrame()
    private val toTensor = FrameToTensor(contract)
    private val decoder = kind.decoder(contract)
    private val answer = decoder.newAnswer()
    private val region = Region().apply {
        setPicture(picture.uprightWidth, picture.uprightHeight)
        setWithin(this, contract.cropPolicy.follows, InputSize.of(contract))
    }

    override val what = "YUV 4:2:0 ${picture.width} × ${picture.height}, turned by ${picture.rotationDegrees}°"
    override val input: ByteBuffer = toTensor.fill(picture, region)

    override fun frame() {
        decoder.decode(runner.run(toTensor.fill(picture, region)), answer)
    }
}
