package io.apkiln.app.model

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor

/** An interpreter with an optional [delegate], closing both; without one, on the CPU with XNNPACK on [threads] threads. */
internal class TfliteEngine(
    model: ByteBuffer,
    contract: ModelContract,
    private val delegate: Delegate?,
    threads: Int,
) {
    private val interpreter: Interpreter
    private val outputs: List<ByteBuffer>

    /** What the library is given: the same objects for each run. */
    private val inputs = arrayOfNulls<Any>(1)
    private val outputsByIndex = HashMap<Int, Any>()

    init {
        val options = Interpreter.Options().setNumThreads(threads)
        if (delegate != null) options.addDelegate(delegate) else options.setUseXNNPACK(true)
        interpreter = Interpreter(model, options)
        try {
            contract.checkTensors(
                List(interpreter.inputTensorCount) { found(interpreter.getInputTensor(it)) },
                List(interpreter.outputTensorCount) { found(interpreter.getOutputTensor(it)) },
            )
        } catch (error: IllegalStateException) {
            interpreter.close()
            throw error
        }
        outputs = List(interpreter.outputTensorCount) { index ->
            ByteBuffer.allocateDirect(interpreter.getOutputTensor(index).numBytes()).order(ByteOrder.nativeOrder())
        }
        outputs.forEachIndexed { index, buffer -> outputsByIndex[index] = buffer }
    }

    fun run(input: ByteBuffer): List<ByteBuffer> {
        input.rewind()
        rewind()
        inputs[0] = input
        interpreter.runForMultipleInputsOutputs(inputs, outputsByIndex)
        rewind()
        return outputs
    }

    private fun rewind() {
        for (index in outputs.indices) outputs[index].rewind()
    }

    fun close() {
        interpreter.close()
        delegate?.close()
    }

    private fun found(tensor: Tensor): FoundTensor {
        val quantization = tensor.quantizationParams()
        return FoundTensor(tensor.shape().toList(), tensor.dataType().name, quantization.scale, quantization.zeroPoint)
    }
}
