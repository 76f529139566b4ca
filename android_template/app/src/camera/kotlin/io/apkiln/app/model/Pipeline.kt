package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.InputSize
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
 * is tileSide of its longer side (of the region that holds it, if inputs aren't square), and the most confident result counts.
 * It doesn't if the first model found something so large that tiles may cut it.
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
    /** How one of a model's files takes its input and gives its outputs; its answers are used again when nothing shows them. */
    private class Form<A : Answer>(val contract: ModelContract, kind: PictureKind<A>) {
        val input = FrameToTensor(contract)
        private val decoder = kind.decoder(contract)
        private val free = ArrayDeque<A>()

        fun decode(outputs: List<ByteBuffer>): Lent<A> {
            val answer = synchronized(free) { free.removeLastOrNull() } ?: decoder.newAnswer()
            decoder.decode(outputs, answer)
            return Lent(answer, this)
        }

        fun takeBack(answer: A) = synchronized(free) { free.addLast(answer) }
    }

    /** An answer in use. */
    private class Lent<A : Answer>(val answer: A, private val owner: Form<A>) {
        private var isOut = true

        fun giveBack() {
            if (isOut) owner.takeBack(answer)
            isOut = false
        }
    }

    private inner class Step<A : Answer>(private val contract: ModelContract, private val kind: PictureKind<A>) : ModelInput {
        val crop = contract.cropPolicy
        private val forms = arrayListOf(Form(contract, kind))
        private var frame: Frame? = null
        private val size = InputSize.of(contract)
        private val own = Region()
        private var where = own
        val runner: ModelRunner = startRunner(contract)

        /** What the step looks at now, for one of the model's files. */
        override fun tensor(contract: ModelContract): ByteBuffer = formOf(contract).input.fill(checkNotNull(frame), where)

        /** Runs in [box], or in [area] if that is null, and adds the answer to [result]; returns whether it found something. */
        fun addTo(result: ChainResult, box: FloatArray?, frame: Frame): Boolean {
            val answer = if (box != null) runInBox(box, frame) else runZooming(frame)
            result.meanConfidence = if (answer.found) answer.meanConfidence() else 0f
            if (answer.isVisible) result.answers += VisibleAnswer(kind, answer)
            if (answer.found) answer.box?.let { result.locate(it, answer) }
            return answer.found
        }

        private fun runInBox(box: FloatArray, frame: Frame): A {
            closer.setBox(box, crop.margin, size)
            val first = run(frame, closer)
            val found = first.box
            if (!first.found || found == null || iou(box, found) >= crop.refineBelowIou) return first
            closer.setBox(found, crop.margin, size)
            return run(frame, closer)
        }

        private fun runZooming(frame: Frame): A {
            own.setWithin(area, crop.follows, size)
            val first = run(frame, own)
            val found = first.box
            if (crop.zoomMargin == 0f || !first.found || found == null) return first
            closer.setBox(found, crop.zoomMargin, size)
            if (closer.width >= own.width) return first
            val second = run(frame, closer)
            return if (second.found) second else first
        }

        private fun run(frame: Frame, where: Region): A {
            this.frame = frame
            this.where = where
            val form = formOf(runner.variant(this) ?: contract)
            val lent = form.decode(runner.run(form.input.fill(frame, where)))
            inUse += lent
            lent.answer.place(where, frame.uprightWidth, frame.uprightHeight)
            return lent.answer
        }

        private fun formOf(contract: ModelContract): Form<A> =
            forms.firstOrNull { it.contract === contract } ?: Form(contract, kind).also { forms += it }
    }

    /**
     * What the whole chain says about one area; [box] is the last one found, [framed] whether to draw it, [boxConfidence],
     * [boxWidth] and [boxHeight] are those of the first one; [meanConfidence] is the last model's, 0 if a model found nothing.
     */
    private class ChainResult {
        val answers = ArrayList<VisibleAnswer<*>>()
        var box: FloatArray? = null
        var framed = true
        var boxConfidence = 0f
        var boxWidth = 0f
        var boxHeight = 0f
        var meanConfidence = 0f

        fun locate(found: FloatArray, answer: Answer) {
            if (box == null) {
                boxConfidence = answer.meanConfidence()
                boxWidth = found[2] - found[0]
                boxHeight = found[3] - found[1]
            }
            box = found
            framed = answer.framed
        }
    }

    /** The whole picture, or a tile of it. */
    private val area = Region()
    private val tileSize = InputSize.of(contracts.first())
    private val steps = ArrayList<Step<*>>()

    /** All answers of the frame at hand. */
    private var inUse = ArrayList<Lent<*>>()
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
        inUse = ArrayList()
        val start = System.nanoTime()
        area.setPicture(frame.uprightWidth, frame.uprightHeight)
        var result = runChain(frame)
        val isUncertain = steps.size > 1 && result.meanConfidence < steps.last().crop.tileBelowConfidence
        if (isUncertain && fitsTile(result, frame)) result = bestOfTiles(result, frame)
        val lent = inUse
        return FrameResult(
            imageWidth = frame.uprightWidth,
            imageHeight = frame.uprightHeight,
            location = result.box?.let { Location(it, result.boxConfidence, result.framed) },
            answers = result.answers,
            modelMs = (System.nanoTime() - start) / 1e6f,
            giveBack = { lent.forEach { it.giveBack() } },
        )
    }

    fun close() {
        closed = true
        steps.asReversed().forEach { it.runner.close() } // GPU delegates share the context of the oldest
    }

    private fun fitsTile(result: ChainResult, frame: Frame): Boolean {
        val (width, height) = frame.uprightWidth to frame.uprightHeight
        return Region.fitsTile(result.boxWidth, result.boxHeight, width, height, steps.last().crop.tileSide, tileSize)
    }

    private fun bestOfTiles(whole: ChainResult, frame: Frame): ChainResult {
        val crop = steps.last().crop
        val (width, height) = frame.uprightWidth to frame.uprightHeight
        val count = Region.tileCount(width, height, crop.tileSide, tileSize)
        var best = whole
        repeat(minOf(tilesPerFrame, count)) {
            area.setTile(tile % count, width, height, crop.tileSide, tileSize)
            val result = runChain(frame)
            if (result.meanConfidence > best.meanConfidence) best = result
            if (result.meanConfidence < crop.tileBelowConfidence || tilesPerFrame >= count) tile = (tile + 1) % count
        }
        return best
    }

    /** Runs all models; those that follow no box look at [area]. */
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
