package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region
import io.apkiln.app.frames.checkReadable

/**
 * The chain of models: each looks where the one before it found something, and its box replaces that one's.
 *
 * A model that looks at a box looks once more, at its own box, where the two agree (IoU) less than its contract's
 * lookAgain: a box that is a little off is put right.
 *
 * Everything here is for one thread. What [startRunner] gives is closed by [close].
 */
class Pipeline(
    contracts: List<ModelContract>,
    decoder: (ModelContract) -> TaskDecoder<Answer>,
    private val startRunner: (ModelContract) -> ModelRunner,
) {
    private inner class Step(val contract: ModelContract, val decoder: TaskDecoder<Answer>) {
        val input = FrameToTensor(contract)
        val runner: ModelRunner = startRunner(contract)
        val groups = pointGroups(contract.labels)

        fun lookAtAll(frame: Frame): Answer {
            region.setFrame(frame.uprightWidth, frame.uprightHeight)
            return look(frame)
        }

        fun lookIn(box: FloatArray, frame: Frame): Answer {
            region.setBox(box, contract.margin)
            val first = look(frame)
            if (first !is PointsAnswer || !first.found || iou(box, first.box) >= contract.lookAgain) return first
            region.setBox(first.box, contract.margin)
            return look(frame)
        }

        private fun look(frame: Frame): Answer {
            val answer = decoder.decode(runner.run(input.fill(frame, region)))
            if (answer is PointsAnswer) {
                answer.place(region)
                answer.enclose(contract.boxMargin, frame.uprightWidth, frame.uprightHeight)
            }
            return answer
        }
    }

    private val steps = ArrayList<Step>()
    private val region = Region()
    private var closed = false

    init {
        try {
            contracts.forEach { steps += Step(it, decoder(it)) }
        } finally {
            if (steps.size < contracts.size) close()
        }
    }

    /** Runs the chain on one frame; throws [io.apkiln.app.frames.UnreadableFrame] where it can't be read. */
    fun process(frame: Frame): FrameResult {
        check(!closed) { "the pipeline is closed" }
        frame.checkReadable()
        val start = System.nanoTime()
        var box: FloatArray? = null
        var boxConfidence = 0f
        var framed = true
        var landmarks: Step? = null
        var answer: PointsAnswer? = null
        var guess: Guess? = null
        for (step in steps) {
            val said = if (step.contract.region == "box") step.lookIn(box ?: break, frame) else step.lookAtAll(frame)
            if (said is ClassAnswer) guess = Guess.of(said, step.contract.labels)
            if (!said.found) break
            if (said is PointsAnswer) {
                if (box == null) boxConfidence = said.meanConfidence()
                box = said.box.copyOf()
                framed = said.framed
                if (step.contract.task != "box") {
                    landmarks = step
                    answer = said
                }
            }
        }
        return FrameResult(
            imageWidth = frame.uprightWidth,
            imageHeight = frame.uprightHeight,
            box = box.takeIf { framed },
            boxConfidence = boxConfidence,
            points = answer?.points?.copyOf() ?: FloatArray(0),
            confidence = answer?.confidence?.copyOf() ?: FloatArray(0),
            groups = landmarks?.groups.orEmpty(),
            guess = guess,
            modelMs = (System.nanoTime() - start) / 1e6f,
        )
    }

    fun close() {
        closed = true
        steps.forEach { it.runner.close() }
    }
}
