package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region
import io.apkiln.app.frames.checkReadable

/**
 * The chain of models: each looks where the one before it found something, and its box replaces that one's.
 *
 * A model that looks at a box looks once more, at its own box, where the two agree (IoU) less than its contract's
 * lookAgain: a box that is a little off is put right. One that looks at the picture looks once more, around its own box with
 * its contract's closerMargin, where that is closer. With a voteScale a model looks at a box in three squares, and its
 * points are where these agree. Where the last one's points are less sure than its searchBelow, what is looked for may be
 * too small to be found in the whole picture: the chain looks in tiles of it too, each with searchSide of its longer side,
 * and the surest answer counts; not where the first model found something that tiles may cut.
 *
 * Everything here is for one thread. What [startRunner] gives is closed by [close].
 *
 * @param tilesPerFrame how many tiles are looked at in one frame at most; a camera that looks at one in each frame goes on
 *   with the next in the next one, and stays where it finds something.
 */
class Pipeline(
    contracts: List<ModelContract>,
    decoder: (ModelContract) -> TaskDecoder<Answer>,
    private val tilesPerFrame: Int = ALL,
    private val startRunner: (ModelContract) -> ModelRunner,
) {
    private inner class Step(val contract: ModelContract, val decoder: TaskDecoder<Answer>) {
        val input = FrameToTensor(contract)
        val runner: ModelRunner = startRunner(contract)
        val groups = pointGroups(contract.labels)
        private val first = PointsAnswer(contract.labels.size)
        private val factors = contract.voteScale.toDouble().let { doubleArrayOf(it, 1 / it) }
        private val vote = Vote(contract.labels.size, 1 + factors.size)

        fun lookIn(box: FloatArray, frame: Frame): Answer {
            region.setBox(box, contract.margin)
            val answer = lookAround(frame)
            if (answer !is PointsAnswer || !answer.found || iou(box, answer.box) >= contract.lookAgain) return answer
            region.setBox(answer.box, contract.margin)
            return lookAround(frame)
        }

        /** What the model says of [region], or where its looks agree; [region] is then as before. */
        private fun lookAround(frame: Frame): Answer {
            val answer = look(frame)
            if (contract.voteScale == 0f || answer !is PointsAnswer) return answer
            around.set(region)
            vote.set(0, answer)
            for (i in factors.indices) {
                region.setScaled(around, factors[i])
                look(frame)
                vote.set(i + 1, answer)
            }
            region.set(around)
            vote.settle(answer, region.side)
            answer.found = answer.meanConfidence() >= contract.threshold
            answer.enclose(contract.boxMargin, frame.uprightWidth, frame.uprightHeight)
            return answer
        }

        /** What the model says of [region], which is then as before, or of what it found there. */
        fun lookCloser(frame: Frame): Answer {
            val answer = look(frame)
            if (contract.closerMargin == 0f || answer !is PointsAnswer || !answer.found) return answer
            around.set(region)
            region.setBox(answer.box, contract.closerMargin)
            if (region.side < around.side) {
                first.set(answer)
                if (!look(frame).found) answer.set(first)
            }
            region.set(around)
            return answer
        }

        /** What the model says of [region]. */
        fun look(frame: Frame): Answer {
            val answer = decoder.decode(runner.run(input.fill(frame, region)))
            if (answer is PointsAnswer) {
                answer.place(region)
                answer.enclose(contract.boxMargin, frame.uprightWidth, frame.uprightHeight)
            }
            return answer
        }
    }

    /**
     * What the whole chain says; [sureness] is the geometric mean of the last points' confidence, 0 where a model found
     * nothing; [longerSide] is that of the first model's box.
     */
    private class Seen {
        var box: FloatArray? = null
        var boxConfidence = 0f
        var longerSide = 0f
        var framed = true
        var points = FloatArray(0)
        var confidence = FloatArray(0)
        var groups = emptyList<IntArray>()
        var guess: Guess? = null
        var sureness = 0f
    }

    private val steps = ArrayList<Step>()
    private val region = Region()
    private val around = Region()
    private var tile = 0
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
        region.setFrame(frame.uprightWidth, frame.uprightHeight)
        var seen = lookIn(frame)
        val isUnsure = steps.size > 1 && seen.sureness < steps.last().contract.searchBelow
        if (isUnsure && mayBeInTile(seen, frame)) seen = surest(seen, frame)
        return FrameResult(
            imageWidth = frame.uprightWidth,
            imageHeight = frame.uprightHeight,
            box = seen.box.takeIf { seen.framed },
            boxConfidence = seen.boxConfidence,
            points = seen.points,
            confidence = seen.confidence,
            groups = seen.groups,
            guess = seen.guess,
            modelMs = (System.nanoTime() - start) / 1e6f,
        )
    }

    fun close() {
        closed = true
        steps.forEach { it.runner.close() }
    }

    private fun mayBeInTile(seen: Seen, frame: Frame): Boolean =
        Region.fitsTile(seen.longerSide, frame.uprightWidth, frame.uprightHeight, steps.last().contract.searchSide)

    private fun surest(whole: Seen, frame: Frame): Seen {
        val contract = steps.last().contract
        val (width, height) = frame.uprightWidth to frame.uprightHeight
        val count = Region.tileCount(width, height, contract.searchSide)
        var best = whole
        for (look in 1..minOf(tilesPerFrame, count)) {
            region.setTile(tile % count, width, height, contract.searchSide)
            val seen = lookIn(frame)
            if (seen.sureness > best.sureness) best = seen
            if (seen.sureness < contract.searchBelow || tilesPerFrame >= count) tile = (tile + 1) % count
        }
        return best
    }

    /** The whole chain; the first models look at [region]. */
    private fun lookIn(frame: Frame): Seen {
        val seen = Seen()
        for (step in steps) {
            val said = if (step.contract.region == "box") step.lookIn(seen.box ?: break, frame) else step.lookCloser(frame)
            if (said is ClassAnswer) seen.guess = Guess.of(said, step.contract.labels)
            seen.sureness = if (said.found && said is PointsAnswer) said.meanConfidence() else 0f
            if (!said.found) break
            if (said is PointsAnswer) {
                if (seen.box == null) {
                    seen.boxConfidence = said.meanConfidence()
                    seen.longerSide = maxOf(said.box[2] - said.box[0], said.box[3] - said.box[1])
                }
                seen.box = said.box.copyOf()
                seen.framed = said.framed
                if (step.contract.task != "box") {
                    seen.points = said.points.copyOf()
                    seen.confidence = said.confidence.copyOf()
                    seen.groups = step.groups
                }
            }
        }
        return seen
    }

    companion object {
        /** Every tile of a frame: for pictures that stand alone. */
        const val ALL = Int.MAX_VALUE
    }
}
