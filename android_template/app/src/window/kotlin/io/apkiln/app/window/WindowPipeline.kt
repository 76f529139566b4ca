package io.apkiln.app.window

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.TaskDecoder

/**
 * Sample after sample → p(Abnormal) of the last window, and whether that makes an alarm.
 *
 * Everything here is for one thread. What [startRunner] gives is closed by [close].
 */
class WindowPipeline(
    private val contract: ModelContract,
    private val decoder: TaskDecoder<Float>,
    startRunner: (ModelContract) -> ModelRunner,
) {
    private val buffer = WindowBuffer(contract)
    private val alarm = AlarmPolicy(contract.threshold, contract.hold)
    private val runner = startRunner(contract)
    private var closed = false

    /** Takes the newest sample; [stamp] says when it was, for people. */
    fun process(stamp: String, sample: FloatArray): WindowResult {
        check(!closed) { "the pipeline is closed" }
        buffer.add(sample)
        val start = System.nanoTime()
        val probability = buffer.tensor()?.let { decoder.decode(runner.run(it)) }
        val modelMs = (System.nanoTime() - start) / 1e6f
        return WindowResult(
            stamp = stamp,
            probability = probability,
            alarm = probability != null && alarm.update(probability),
            count = buffer.count,
            channels = List(contract.channels.size) { c -> FloatArray(buffer.count) { i -> buffer.value(i, c) } },
            modelMs = modelMs,
        )
    }

    /** The next sample does not follow on the last one. */
    fun clear() {
        buffer.clear()
        alarm.clear()
    }

    fun close() {
        closed = true
        runner.close()
    }
}

/**
 * What is known after a sample: [probability] of Abnormal, null as long as the window is not full; [count] samples of
 * the window are there, those of each of [channels] oldest first; [modelMs] is the time that input, inference and
 * decoding took.
 */
class WindowResult(
    val stamp: String,
    val probability: Float?,
    val alarm: Boolean,
    val count: Int,
    val channels: List<FloatArray>,
    val modelMs: Float,
)
