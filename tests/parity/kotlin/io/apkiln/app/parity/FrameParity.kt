package io.apkiln.app.parity

import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** A camera's planes → the model's input. */
@RunWith(Parameterized::class)
class FrameParity(private val case: Case) {
    @Test
    fun sameTensor() {
        val (left, top, side) = case.doubles("region")
        val contract = case.contract()
        val frame = case.frame()
        val tensors = FrameToTensor(contract)
        // The same object serves every frame: nothing of an earlier one may remain.
        tensors.fill(frame, Region().apply { set(-3.0, -3.0, 11.0) })
        val found = tensors.fill(frame, Region().apply { set(left, top, side) })
        case.compareTensors("tensor", case.bytes("tensor"), found, contract.input.type)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("frame")
    }
}
