package io.apkiln.app.window

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelInput
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.TaskDecoder

/**
 * Sample after sample → the answer to the last window.
 *
 * For one thread. The runner that [startRunner] makes is closed by [close].
 */
class WindowPipeline(
    private val contract: ModelContract,
    private val makeDecoder: (ModelContract) -> TaskDecoder<WindowAnswer>,
    startRunner: (ModelContract) -> ModelRunner,
) {
    private val buffer = WindowBuffer(contract)
    private val input = ModelInput { checkNotNull(buffer.tensor(it)) { "the window is not full" } }
    private var running = contract
    private var decoder = makeDecoder(contract)
    private val runner = startRunner(contract)
    private var closed = false

    /** Takes the newest sample; [stamp] is its time as text. */
    fun process(stamp: String, sample: FloatArray): WindowResult {
        check(!closed) { "the pipeline is closed" }
        buffer.add(sample)
        val start = System.nanoTime()
        val answer = if (buffer.full) answer() else null
        val modelMs = (System.nanoTime() - start) / 1e6f
        return WindowResult(
            stamp = stamp,
            answer = answer,
            count = buffer.count,
            channels = List(contract.input.channels.size) { c -> FloatArray(buffer.count) { i -> buffer.value(i, c) } },
            modelMs = modelMs,
        )
    }

    /** What the model says of the window, by whichever of its files runs. */
    private fun answer(): WindowAnswer {
        val file = runner.variant(input) ?: contract
        if (file !== running) {
            running = file
            decoder = makeDecoder(file)
        }
        return decoder.decode(runner.run(input.tensor(file)))
    }

    /** Forgets all samples: the next one does not continue the last one. */
    fun clear() {
        buffer.clear()
        decoder.clear()
    }

    fun close() {
        closed = true
        runner.close()
    }
}

/**
 * What is known after a sample: the [answer], null until the window is full; the [count] samples of the window so far, those
 * of each of [channels] oldest first; [modelMs] is the time that input, inference and decoding took.
 */
class WindowResult(
    val stamp: String,
    val answer: WindowAnswer?,
    val count: Int,
    val channels: List<FloatArray>,
    val modelMs: Float,
)
