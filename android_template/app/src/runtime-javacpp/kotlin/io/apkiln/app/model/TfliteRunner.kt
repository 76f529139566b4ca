package io.apkiln.app.model

import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.UnsupportedProcessor
import java.nio.ByteBuffer

/** Runs a model with TensorFlow Lite on the CPU (XNNPACK): this build has no GPU delegate. */
class TfliteRunner(model: ByteBuffer, contract: ModelContract, candidate: Candidate) : ModelRunner {
    private val engine = TfliteEngine(model, contract, candidate.threads.coerceAtLeast(1))

    override fun run(input: ByteBuffer): List<ByteBuffer> = engine.run(input)

    override fun close() = engine.close()

    companion object : ModelRuntime {
        override val name = "javacpp"

        override val isWithoutGpu = true

        override fun accelerators(sdk: Int): List<Processor> = emptyList()

        override fun start(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): ModelRunner {
            if (candidate.processor != Processor.CPU) {
                throw UnsupportedProcessor("this version of the app has no ${candidate.key}")
            }
            return TfliteRunner(model, contract, candidate)
        }
    }
}
