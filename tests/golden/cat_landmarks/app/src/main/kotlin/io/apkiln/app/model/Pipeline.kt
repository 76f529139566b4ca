package io.apkiln.app.model

import android.content.Context
import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region

/**
 * The chain of models: each looks where the one before it found something.
 *
 * The models start with the first frame, on the thread that calls [process]: a GPU delegate must run on the thread that
 * started it. [process] and [close] are for that thread; [status] may be read by any.
 */
class Pipeline(
    contracts: List<ModelContract>,
    decoder: (ModelContract) -> TaskDecoder,
    private val startRunner: (ModelContract) -> ModelRunner,
) {
    constructor(context: Context) : this(
        ModelContracts.all,
        ModelContracts::decoder,
        { TfliteRunner(openModel(context, it.file), it, ModelContracts.DELEGATE) },
    )

    private inner class Step(val contract: ModelContract, val decoder: TaskDecoder) {
        val input = FrameToTensor(contract)
        val runner: Lazy<ModelRunner> = lazy(LazyThreadSafetyMode.NONE) { startRunner(contract) }
        val groups = pointGroups(contract.points)
    }

    private val steps = contracts.map { Step(it, decoder(it)) }
    private val region = Region()
    private var closed = false

    /** One line on what computes each model, for the screen. */
    @Volatile
    var status: String = "starting"
        private set

    /** Runs the chain on one frame. */
    fun process(frame: Frame): FrameResult {
        check(!closed) { "the pipeline is closed" }
        val start = System.nanoTime()
        var box: FloatArray? = null
        var landmarks: Step? = null
        var answer: Answer? = null
        for (step in steps) {
            if (step.contract.region == "box") {
                region.setBox(box ?: break, step.contract.margin)
            } else {
                region.setFrame(frame.uprightWidth, frame.uprightHeight)
            }
            val output = step.runner.value.run(step.input.fill(frame, region))
            val said = step.decoder.decode(output, region)
            if (!said.found) break
            if (said.hasBox) {
                box = said.box.copyOf()
            } else {
                landmarks = step
                answer = said
            }
        }
        status = describe()
        return FrameResult(
            imageWidth = frame.uprightWidth,
            imageHeight = frame.uprightHeight,
            box = box,
            points = answer?.points?.copyOf() ?: FloatArray(0),
            confidence = answer?.confidence?.copyOf() ?: FloatArray(0),
            groups = landmarks?.groups.orEmpty(),
            modelMs = (System.nanoTime() - start) / 1e6f,
        )
    }

    fun close() {
        closed = true
        steps.filter { it.runner.isInitialized() }.forEach { it.runner.value.close() }
    }

    private fun describe(): String = steps.filter { it.runner.isInitialized() }
        .map { it.runner.value.delegateName }
        .distinct()
        .joinToString(" · ")
}
