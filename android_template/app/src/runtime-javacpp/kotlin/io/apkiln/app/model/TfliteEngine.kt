package io.apkiln.app.model

import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.bytedeco.javacpp.BytePointer
import org.bytedeco.javacpp.Pointer
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithXNNPACK
import org.bytedeco.tensorflowlite.FlatBufferModelBase
import org.bytedeco.tensorflowlite.Interpreter
import org.bytedeco.tensorflowlite.InterpreterBuilder
import org.bytedeco.tensorflowlite.TfLiteTensor
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorByteSize
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorCopyFromBuffer
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorCopyToBuffer
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorDim
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorNumDims
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorQuantizationParams
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorType
import org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTypeGetName
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk

/** An interpreter on the CPU with XNNPACK on [threads] threads; uses [model], a direct buffer, without copying it. */
internal class TfliteEngine(model: ByteBuffer, private val contract: ModelContract, threads: Int) {
    private val content = BytePointer(model)
    private val flatBuffer = checkNotNull(FlatBufferModelBase.VerifyAndBuildFromBuffer(content, model.capacity().toLong())) {
        "${contract.file} is no model"
    }
    private val operations = BuiltinOpResolverWithXNNPACK(true)
    private val interpreter = Interpreter(null as Pointer?)
    private val input: TfLiteTensor
    private val output: TfLiteTensor
    private val answer: ByteBuffer

    init {
        try {
            InterpreterBuilder(flatBuffer, operations).use { ok(it.apply(interpreter, threads)) }
            ok(interpreter.AllocateTensors())
            input = interpreter.input_tensor(0)
            output = interpreter.output_tensor(0)
            contract.checkTensors(
                List(interpreter.inputs().limit().toInt()) { found(interpreter.input_tensor(it.toLong())) },
                List(interpreter.outputs().limit().toInt()) { found(interpreter.output_tensor(it.toLong())) },
            )
        } catch (error: IllegalStateException) {
            close()
            throw error
        }
        answer = ByteBuffer.allocateDirect(TfLiteTensorByteSize(output).toInt()).order(ByteOrder.nativeOrder())
    }

    private val answerPlace = Pointer(answer)

    fun run(input: ByteBuffer): ByteBuffer {
        input.rewind()
        Pointer(input).use { ok(TfLiteTensorCopyFromBuffer(this.input, it, input.capacity().toLong())) }
        ok(interpreter.Invoke())
        ok(TfLiteTensorCopyToBuffer(output, answerPlace, answer.capacity().toLong()))
        answer.rewind()
        return answer
    }

    fun close() {
        interpreter.close()
        operations.close()
        flatBuffer.close()
        content.close()
    }

    private fun found(tensor: TfLiteTensor): FoundTensor {
        val quantization = TfLiteTensorQuantizationParams(tensor)
        val shape = List(TfLiteTensorNumDims(tensor)) { TfLiteTensorDim(tensor, it) }
        val type = TfLiteTypeGetName(TfLiteTensorType(tensor)).string.uppercase()
        return FoundTensor(shape, type, quantization.scale(), quantization.zero_point())
    }

    private fun ok(status: Int) = check(status == kTfLiteOk) { "${contract.file}: TensorFlow Lite says $status" }
}
