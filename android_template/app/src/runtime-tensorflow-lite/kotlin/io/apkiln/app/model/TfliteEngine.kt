package io.apkiln.app.model

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.Interpreter
import org.tensorflow.lite.Tensor

/** An interpreter with an optional [delegate], closing both; without one, on the CPU with XNNPACK on [threads] threads. */
internal class TfliteEngine(
    model: ByteBuffer,
    private val contract: ModelContract,
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
            compare("input", contract.input, interpreter.getInputTensor(0))
            compare("output", contract.output, interpreter.getOutputTensor(0))
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

    private fun compare(which: String, expected: TensorContract, tensor: Tensor) {
        val parameters = tensor.quantizationParams()
        val found = TensorContract(
            tensor.shape().toList(), tensor.dataType().name.lowercase(), parameters.scale, parameters.zeroPoint,
        )
        val same = if (expected.type == "float32") {
            found.shape == expected.shape && found.type == expected.type
        } else {
            found == expected
        }
        check(same) { "${contract.file}: $which is $found in the file, but the app was generated for $expected" }
    }
}
