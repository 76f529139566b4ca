package io.apkiln.app.parity

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A camera's planes → the model's input. */
@RunWith(Parameterized::class)
class FrameParity(private val case: Case) {
    @Test
    fun sameTensor() {
        val (left, top, width, height) = case.doubles("region")
        val contract = case.contract()
        val frame = case.frame()
        val tensors = FrameToTensor(contract)
        // The same object serves every frame: nothing of an earlier one may remain.
        tensors.fill(frame, Region().apply { set(-3.0, -3.0, 11.0, 11.0) })
        val region = Region().apply { set(left, top, width, height, case.int("turn")) }
        val found = tensors.fill(frame, region)
        case.compareTensors("tensor", case.bytes("tensor"), found, contract.input.dtype)
        // Bytes are bytes, in whatever order a camera's buffers would read numbers.
        for (plane in listOf(frame.yPlane, frame.uPlane, frame.vPlane)) plane.order(ByteOrder.BIG_ENDIAN)
        tensors.fill(Grey, Region().apply { set(0.0, 0.0, 7.0, 7.0) })
        tensors.fill(frame, region)
        case.compareTensors("tensor", case.bytes("tensor"), found, contract.input.dtype)
        val other = Region().apply { set(left + 1, top, width, height, (region.turn + 1) % 4) }
        assertAllocatesNothing("another region") {
            tensors.fill(frame, other)
            tensors.fill(frame, region)
        }
    }

    /** Another camera's frame, smaller than most. */
    private object Grey : Frame {
        override val width = 7
        override val height = 5
        override val yPlane: ByteBuffer = ByteBuffer.allocateDirect(35)
        override val uPlane: ByteBuffer = ByteBuffer.allocateDirect(12)
        override val vPlane: ByteBuffer = ByteBuffer.allocateDirect(12)
        override val yRowStride = 7
        override val yPixelStride = 1
        override val uvRowStride = 4
        override val uvPixelStride = 1
        override val rotationDegrees = 0
        override val mirror = false
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("frame")
    }
}
