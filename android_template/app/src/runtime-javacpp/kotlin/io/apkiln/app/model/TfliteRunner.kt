package io.apkiln.app.model

import java.nio.ByteBuffer

/**
 * Runs a model with TensorFlow Lite on the CPU (XNNPACK): this build of it has no GPU delegate.
 *
 * [delegate] is "cpu", "gpu" or "auto"; [state] says so where a GPU was wanted.
 */
class TfliteRunner(model: ByteBuffer, contract: ModelContract, delegate: String) : ModelRunner {
    private val engine = TfliteEngine(model, contract, THREADS)

    override val state: DelegateState =
        if (delegate == "cpu") DelegateState.Cpu else DelegateState.GpuFailed("no GPU in this version of the app")

    override fun run(input: ByteBuffer): ByteBuffer = engine.run(input)

    override fun close() = engine.close()

    private companion object {
        val THREADS = (Runtime.getRuntime().availableProcessors() / 2).coerceIn(1, 4)
    }
}
