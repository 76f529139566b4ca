package io.apkiln.app.model

import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.UnsupportedProcessor
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
import org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk

/** Runs a model on this machine's CPU with the desktop's TensorFlow Lite and XNNPACK, as TfliteRunner does on a phone's. */
class DesktopRunner(content: ByteArray, private val contract: ModelContract, threads: Int = 1) : ModelRunner {
    // TensorFlow Lite reads the model where it lies: this must outlive the interpreter.
    private val bytes = BytePointer(*content)
    private val model = checkNotNull(FlatBufferModelBase.BuildFromBuffer(bytes, content.size.toLong())) {
        "${contract.file} is no model"
    }
    private val operations = BuiltinOpResolverWithXNNPACK(true)
    private val interpreter = Interpreter(null as Pointer?)
    private val input: TfLiteTensor
    private val tensors: List<TfLiteTensor>
    private val outputs: List<ByteBuffer>

    init {
        InterpreterBuilder(model, operations).use {
            ok(it.SetNumThreads(threads))
            ok(it.apply(interpreter))
        }
        ok(interpreter.AllocateTensors())
        input = interpreter.input_tensor(0)
        tensors = List(interpreter.outputs().limit().toInt()) { interpreter.output_tensor(it.toLong()) }
        outputs = tensors.map { ByteBuffer.allocateDirect(TfLiteTensorByteSize(it).toInt()).order(ByteOrder.nativeOrder()) }
    }

    override fun run(input: ByteBuffer): List<ByteBuffer> {
        ok(TfLiteTensorCopyFromBuffer(this.input, Pointer(input), input.capacity().toLong()))
        ok(interpreter.Invoke())
        for ((tensor, output) in tensors.zip(outputs)) {
            ok(TfLiteTensorCopyToBuffer(tensor, Pointer(output), output.capacity().toLong()))
            output.rewind()
        }
        return outputs
    }

    override fun close() {
        interpreter.close()
        operations.close()
        model.close()
        bytes.close()
    }

    companion object : ModelRuntime {
        override val name = "desktop"

        override fun accelerators(sdk: Int): List<Processor> = emptyList()

        override fun start(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): ModelRunner {
            if (candidate.processor != Processor.CPU) throw UnsupportedProcessor("this machine has no ${candidate.key}")
            val content = ByteArray(model.remaining()).also { model.duplicate().get(it) }
            return DesktopRunner(content, contract, candidate.threads)
        }
    }

    private fun ok(status: Int) = check(status == kTfLiteOk) { "${contract.file}: TensorFlow Lite says $status" }
}
