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
    private val tensors: List<TfLiteTensor>

    init {
        try {
            InterpreterBuilder(flatBuffer, operations).use { ok(it.apply(interpreter, threads)) }
            ok(interpreter.AllocateTensors())
            input = interpreter.input_tensor(0)
            tensors = List(interpreter.outputs().limit().toInt()) { interpreter.output_tensor(it.toLong()) }
            contract.checkTensors(
                List(interpreter.inputs().limit().toInt()) { found(interpreter.input_tensor(it.toLong())) },
                tensors.map(::found),
            )
        } catch (error: IllegalStateException) {
            close()
            throw error
        }
    }

    private val outputs =
        tensors.map { ByteBuffer.allocateDirect(TfLiteTensorByteSize(it).toInt()).order(ByteOrder.nativeOrder()) }
    private val places = outputs.map(::Pointer)

    fun run(input: ByteBuffer): List<ByteBuffer> {
        input.rewind()
        Pointer(input).use { ok(TfLiteTensorCopyFromBuffer(this.input, it, input.capacity().toLong())) }
        ok(interpreter.Invoke())
        for (index in outputs.indices) {
            ok(TfLiteTensorCopyToBuffer(tensors[index], places[index], outputs[index].capacity().toLong()))
            outputs[index].rewind()
        }
        return outputs
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
