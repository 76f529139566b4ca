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
    private val output: ByteBuffer

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
        output = ByteBuffer.allocateDirect(interpreter.getOutputTensor(0).numBytes()).order(ByteOrder.nativeOrder())
    }

    fun run(input: ByteBuffer): ByteBuffer {
        input.rewind()
        output.rewind()
        interpreter.run(input, output)
        output.rewind()
        return output
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
