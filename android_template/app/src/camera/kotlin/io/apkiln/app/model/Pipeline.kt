package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.Region
import io.apkiln.app.frames.checkReadable
import io.apkiln.app.task.PictureKind
import io.apkiln.app.task.VisibleAnswer
import java.nio.ByteBuffer

/**
 * The chain of models: each looks at the box that the one before it found.
 *
 * A model that looks at a box runs a second time, on its own box, if the IoU of the two is below its
 * refineBelowIou: this corrects a box that is a little off. One that looks at the whole picture runs a second time, on its
 * own box with its zoomMargin, if that is a smaller region. If the last model's mean confidence is below its
 * tileBelowConfidence, the object may be too small in the whole picture: then the chain also runs on tiles of it, whose side
 * is tileSide of its longer side, and the most confident result counts. It doesn't if the first model found something so
 * large that tiles may cut it.
 *
 * For one thread. The runners that [startRunner] makes are closed by [close].
 *
 * @param tilesPerFrame how many tiles to try per frame at most. A camera tries one in each frame, goes on with the next one
 *   in the next frame, and stays where it finds something.
 */
class Pipeline(
    contracts: List<ModelContract>,
    kindOf: (ModelContract) -> PictureKind<*>,
    private val tilesPerFrame: Int = ALL,
    private val startRunner: (ModelContract) -> ModelRunner,
) {
    /** How one of a model's files takes its input and gives its output. */
    private class Form<A : Answer>(val contract: ModelContract, kind: PictureKind<A>) {
        val input = FrameToTensor(contract)
        val decoder = kind.decoder(contract)
    }

    private inner class Step<A : Answer>(private val contract: ModelContract, private val kind: PictureKind<A>) : ModelInput {
        val crop = contract.cropPolicy
        private val forms = arrayListOf(Form(contract, kind))
        private var frame: Frame? = null
        private var where = region
        val runner: ModelRunner = startRunner(contract)

        /** What the step looks at now, for one of the model's files. */
        override fun tensor(contract: ModelContract): ByteBuffer = formOf(contract).input.fill(checkNotNull(frame), where)

        /** Runs in [box], or in [region] if that is null, and adds the answer to [result]; returns whether it found something. */
        fun addTo(result: ChainResult, box: FloatArray?, frame: Frame): Boolean {
            val answer = if (box != null) runInBox(box, frame) else runZooming(frame)
            result.meanConfidence = if (answer.found) answer.meanConfidence() else 0f
            if (answer.isVisible) result.answers += VisibleAnswer(kind, answer)
            if (answer.found) answer.box?.let { result.locate(it, answer) }
            return answer.found
        }

        private fun runInBox(box: FloatArray, frame: Frame): A {
            closer.setBox(box, crop.margin)
            val first = run(frame, closer)
            val own = first.box
            if (!first.found || own == null || iou(box, own) >= crop.refineBelowIou) return first
            closer.setBox(own, crop.margin)
            return run(frame, closer)
        }

        private fun runZooming(frame: Frame): A {
            val first = run(frame, region)
            val own = first.box
            if (crop.zoomMargin == 0f || !first.found || own == null) return first
            closer.setBox(own, crop.zoomMargin)
            if (closer.side >= region.side) return first
            val second = run(frame, closer)
            return if (second.found) second else first
        }

        private fun run(frame: Frame, where: Region): A {
            this.frame = frame
            this.where = where
            val form = formOf(runner.variant(this) ?: contract)
            val answer = form.decoder.decode(runner.run(form.input.fill(frame, where)))
            answer.place(where, frame.uprightWidth, frame.uprightHeight)
            return answer
        }

        private fun formOf(contract: ModelContract): Form<A> =
            forms.firstOrNull { it.contract === contract } ?: Form(contract, kind).also { forms += it }
    }

    /**
     * What the whole chain says about one region; [box] is the last one found, [framed] whether to draw it, [boxConfidence]
     * and [longerSide] are those of the first one; [meanConfidence] is the last model's, 0 if a model found nothing.
     */
    private class ChainResult {
        val answers = ArrayList<VisibleAnswer<*>>()
        var box: FloatArray? = null
        var framed = true
        var boxConfidence = 0f
        var longerSide = 0f
        var meanConfidence = 0f

        fun locate(found: FloatArray, answer: Answer) {
            if (box == null) {
                boxConfidence = answer.meanConfidence()
                longerSide = maxOf(found[2] - found[0], found[3] - found[1])
            }
            box = found
            framed = answer.framed
        }
    }

    private val region = Region()
    private val steps = ArrayList<Step<*>>()
    private val closer = Region()
    private var tile = 0
    private var closed = false

    init {
        try {
            contracts.forEach { steps += Step(it, kindOf(it)) }
        } finally {
            if (steps.size < contracts.size) close()
        }
    }

    /** Runs the chain on one frame; throws [io.apkiln.app.frames.UnreadableFrame] if the frame can't be read. */
    fun process(frame: Frame): FrameResult {
        check(!closed) { "the pipeline is closed" }
        frame.checkReadable()
        val start = System.nanoTime()
        region.setFrame(frame.uprightWidth, frame.uprightHeight)
        var result = runChain(frame)
        val isUncertain = steps.size > 1 && result.meanConfidence < steps.last().crop.tileBelowConfidence
        if (isUncertain && fitsTile(result, frame)) result = bestOfTiles(result, frame)
        return FrameResult(
            imageWidth = frame.uprightWidth,
            imageHeight = frame.uprightHeight,
            location = result.box?.let { Location(it, result.boxConfidence, result.framed) },
            answers = result.answers,
            modelMs = (System.nanoTime() - start) / 1e6f,
        )
    }

    fun close() {
        closed = true
        steps.asReversed().forEach { it.runner.close() } // GPU delegates share the context of the oldest
    }

    private fun fitsTile(result: ChainResult, frame: Frame): Boolean =
        Region.fitsTile(result.longerSide, frame.uprightWidth, frame.uprightHeight, steps.last().crop.tileSide)

    private fun bestOfTiles(whole: ChainResult, frame: Frame): ChainResult {
        val crop = steps.last().crop
        val (width, height) = frame.uprightWidth to frame.uprightHeight
        val count = Region.tileCount(width, height, crop.tileSide)
        var best = whole
        repeat(minOf(tilesPerFrame, count)) {
            region.setTile(tile % count, width, height, crop.tileSide)
            val result = runChain(frame)
            if (result.meanConfidence > best.meanConfidence) best = result
            if (result.meanConfidence < crop.tileBelowConfidence || tilesPerFrame >= count) tile = (tile + 1) % count
        }
        return best
    }

    /** Runs all models; those that follow no box look at [region]. */
    private fun runChain(frame: Frame): ChainResult {
        val result = ChainResult()
        for (step in steps) {
            val box = if (step.crop.follows == Follows.BOX) result.box else null
            if (!step.addTo(result, box, frame)) break
        }
        return result
    }

    companion object {
        /** Every tile of a frame: for single pictures. */
        const val ALL = Int.MAX_VALUE
    }
}
