package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.frames.FrameToTensor
import io.apkiln.app.frames.InputSize
import io.apkiln.app.frames.Region
import io.apkiln.app.frames.checkReadable
import io.apkiln.app.task.PictureKind
import java.nio.ByteBuffer

/**
 * The chain of models: each looks at the box that the one before it found, or in its square around that.
 *
 * A model that looks at a box runs a second time, on its own box, if the IoU of the two is below its
 * refineBelowIou: this corrects a box that is a little off. One that looks at the whole picture runs a second time, on its
 * own box with its zoomMargin, if that is a smaller region. If the last model's mean confidence is below its
 * tileBelowConfidence, the object may be too small in the whole picture: then the chain also runs on tiles of it, whose side
 * is tileSide of its longer side (of the region that holds it, if inputs aren't square), and the most confident result counts.
 * It doesn't if the first model found something so large that tiles may cut it.
 *
 * Where the last model's policy says how it looks again, what it finds is followed from frame to frame, see [Tracker]; then its
 * answer alone is shown.
 *
 * For one thread. The runners that [startRunner] makes are closed by [close]. Nothing is allocated per frame once as many results
 * as are shown at a time have been given back.
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
    private class Form<A : Answer>(val contract: ModelContract, private val kind: PictureKind<A>) {
        val input = FrameToTensor(contract)
        private val decoder = kind.decoder(contract)
        private val free = Pool<Lent<A>>()

        fun decode(outputs: List<ByteBuffer>): Lent<A> {
            val lent = free.take() ?: Lent(kind, decoder.newAnswer(), free)
            decoder.decode(outputs, lent.answer)
            return lent
        }
    }

    private inner class Step<A : Answer>(private val contract: ModelContract, private val kind: PictureKind<A>) : ModelInput {
        val crop = contract.cropPolicy
        val size = InputSize.of(contract)
        private val forms = arrayListOf(Form(contract, kind))
        private var frame: Frame? = null
        private val own = Region()
        private var where = own
        val runner: ModelRunner = startRunner(contract)

        /** What the step looks at now, for one of the model's files. */
        override fun tensor(contract: ModelContract): ByteBuffer = formOf(contract).input.fill(checkNotNull(frame), where)

        /** Looks at what [before] has found if the model follows that, or else in [area]. */
        fun look(before: Answer?, frame: Frame): Lent<A> {
            val box = if (crop.follows == Follows.BOX) before?.box else null
            val square = crop.square
            return when {
                before == null || box == null -> runZooming(frame)
                square == null -> runInBox(box, frame)
                else -> {
                    closer.setSquare(square, before.keypoints ?: NO_POINTS, before.wholeBox, size)
                    run(frame, closer)
                }
            }
        }

        /** Looks in [region]. */
        fun lookIn(region: Region, frame: Frame): Lent<A> = run(frame, region)

        /** Looks in [area], and if it finds something, where [tracker] would look next. */
        fun lookCloser(tracker: Tracker, frame: Frame): Lent<A> {
            own.setWithin(area, crop.follows, size)
            val first = run(frame, own)
            if (!tracker.follow(first.answer)) return first
            val second = run(frame, tracker.region)
            return if (second.answer.found) second else first
        }

        private fun runInBox(box: FloatArray, frame: Frame): Lent<A> {
            closer.setBox(box, crop.margin, size)
            val first = run(frame, closer)
            val found = first.answer.box
            if (!first.answer.found || found == null || iou(box, found) >= crop.refineBelowIou) return first
            closer.setBox(found, crop.margin, size)
            return run(frame, closer)
        }

        private fun runZooming(frame: Frame): Lent<A> {
            own.setWithin(area, crop.follows, size)
            val first = run(frame, own)
            val found = first.answer.box
            if (crop.zoomMargin == 0f || !first.answer.found || found == null) return first
            closer.setBox(found, crop.zoomMargin, size)
            if (closer.width >= own.width) return first
            val second = run(frame, closer)
            return if (second.answer.found) second else first
        }

        private fun run(frame: Frame, where: Region): Lent<A> {
            this.frame = frame
            this.where = where
            val form = formOf(runner.variant(this) ?: contract)
            val lent = form.decode(runner.run(form.input.fill(frame, where)))
            current.add(lent)
            lent.answer.place(where, frame.uprightWidth, frame.uprightHeight)
            return lent
        }

        private fun formOf(contract: ModelContract): Form<A> {
            for (i in forms.indices) if (forms[i].contract === contract) return forms[i]
            return Form(contract, kind).also { forms += it }
        }
    }

    /** The whole picture, or a tile of it. */
    private val area = Region()
    private val tileSize = InputSize.of(contracts.first())
    private val steps = ArrayList<Step<*>>()
    private val results = Pool<LentResult>()

    /** The result of the frame at hand. */
    private var current = LentResult(results)
    private var chain = ChainResult()
    private var other = ChainResult()
    private val closer = Region()
    private val tracker: Tracker?
    private var tile = 0
    private var closed = false

    init {
        try {
            contracts.forEach { steps += Step(it, kindOf(it)) }
        } finally {
            if (steps.size < contracts.size) close()
        }
        tracker = steps.last().run { crop.again?.let { Tracker(it, size) } }
    }

    /** Runs the chain on one frame; throws [io.apkiln.app.frames.UnreadableFrame] if the frame can't be read. */
    fun process(frame: Frame): FrameResult {
        check(!closed) { "the pipeline is closed" }
        frame.checkReadable()
        val start = System.nanoTime()
        val result = results.take() ?: LentResult(results)
        result.open()
        current = result
        area.setPicture(frame.uprightWidth, frame.uprightHeight)
        chain.clear()
        if (tracker != null) follow(tracker, frame) else search(frame)
        result.set(frame, chain, (System.nanoTime() - start) / 1e6f)
        return result
    }

    fun close() {
        closed = true
        steps.asReversed().forEach { it.runner.close() } // GPU delegates share the context of the oldest
    }

    /** What the last model says of what it found in the last frame, or else of what those before it find in this one. */
    private fun follow(tracker: Tracker, frame: Frame) {
        tracker.open(frame)
        val last = steps[steps.size - 1]
        other.clear()
        val lent = when {
            tracker.follows -> last.lookIn(tracker.region, frame)
            findAll(other, frame, steps.size - 1) -> last.look(other.located, frame)
            else -> last.lookCloser(tracker, frame)
        }
        tracker.follow(lent.answer)
        chain.add(lent)
    }

    private fun search(frame: Frame) {
        findAll(chain, frame, steps.size)
        val isUncertain = steps.size > 1 && chain.meanConfidence < steps[steps.size - 1].crop.tileBelowConfidence
        if (isUncertain && fitsTile(frame)) searchTiles(frame)
    }

    private fun fitsTile(frame: Frame): Boolean {
        val share = steps[steps.size - 1].crop.tileSide
        return Region.fitsTile(chain.boxWidth, chain.boxHeight, frame.uprightWidth, frame.uprightHeight, share, tileSize)
    }

    private fun searchTiles(frame: Frame) {
        val crop = steps[steps.size - 1].crop
        val count = Region.tileCount(frame.uprightWidth, frame.uprightHeight, crop.tileSide, tileSize)
        for (i in 0 until minOf(tilesPerFrame, count)) {
            area.setTile(tile % count, frame.uprightWidth, frame.uprightHeight, crop.tileSide, tileSize)
            other.clear()
            findAll(other, frame, steps.size)
            val confidence = other.meanConfidence
            if (confidence > chain.meanConfidence) chain = other.also { other = chain }
            if (confidence < crop.tileBelowConfidence || tilesPerFrame >= count) tile = (tile + 1) % count
        }
    }

    /** Runs the first [count] models until one finds nothing, and adds what they say to [result]; returns whether all found something. */
    private fun findAll(result: ChainResult, frame: Frame, count: Int): Boolean {
        for (i in 0 until count) {
            val lent = steps[i].look(result.located, frame)
            result.add(lent)
            if (!lent.answer.found) return false
        }
        return true
    }

    companion object {
        /** Every tile of a frame: for single pictures. */
        const val ALL = Int.MAX_VALUE

        private val NO_POINTS = FloatArray(0)
    }
}
