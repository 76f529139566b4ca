package io.apkiln.app.model

import io.apkiln.app.frames.Frame
import io.apkiln.app.task.PictureKind
import io.apkiln.app.task.VisibleAnswer

/** What is not in use, and serves again; for any thread. */
internal class Pool<T : Any> {
    private val free = ArrayDeque<T>()

    fun take(): T? = synchronized(free) { free.removeLastOrNull() }

    fun give(one: T) {
        synchronized(free) { free.addLast(one) }
    }
}

/** An answer in use; goes [home] when nothing shows it. */
internal class Lent<A : Answer>(kind: PictureKind<A>, val answer: A, private val home: Pool<Lent<A>>) {
    val visible = VisibleAnswer(kind, answer)

    fun giveBack() = home.give(this)
}

/** A result in use, with the answers that its frame took; goes [home] with [recycle]. */
internal class LentResult private constructor(
    private val home: Pool<LentResult>,
    private val shown: ArrayList<VisibleAnswer<*>>,
) : FrameResult(0, 0, null, shown, 0f) {
    private val lent = ArrayList<Lent<*>>()
    private val place = Location(FloatArray(0), 0f, framed = false)
    private var isOut = false

    constructor(home: Pool<LentResult>) : this(home, ArrayList())

    /** Is of another frame from now on. */
    fun open() {
        isOut = true
        shown.clear()
    }

    fun add(answer: Lent<*>) {
        lent += answer
    }

    fun set(frame: Frame, chain: ChainResult, modelMs: Float) {
        imageWidth = frame.uprightWidth
        imageHeight = frame.uprightHeight
        for (i in chain.answers.indices) shown += chain.answers[i]
        val box = chain.box
        if (box != null) {
            place.box = box
            place.confidence = chain.boxConfidence
            place.framed = chain.framed
        }
        location = if (box == null) null else place
        this.modelMs = modelMs
    }

    override fun recycle() {
        if (!isOut) return
        isOut = false
        for (i in lent.indices) lent[i].giveBack()
        lent.clear()
        home.give(this)
    }
}

/**
 * What a chain says about one area; [box] is the last one found, in [located], [framed] whether to draw it, [boxConfidence],
 * [boxWidth] and [boxHeight] are those of the first one; [meanConfidence] is the last model's, 0 if a model found nothing.
 */
internal class ChainResult {
    val answers = ArrayList<VisibleAnswer<*>>()
    var located: Answer? = null
        private set
    var box: FloatArray? = null
        private set
    var framed = true
        private set
    var boxConfidence = 0f
        private set
    var boxWidth = 0f
        private set
    var boxHeight = 0f
        private set
    var meanConfidence = 0f
        private set

    fun clear() {
        answers.clear()
        located = null
        box = null
        framed = true
        boxConfidence = 0f
        boxWidth = 0f
        boxHeight = 0f
        meanConfidence = 0f
    }

    fun add(lent: Lent<*>) {
        val answer = lent.answer
        meanConfidence = if (answer.found) answer.meanConfidence() else 0f
        if (answer.isVisible) answers += lent.visible
        if (answer.found) answer.box?.let { locate(it, answer) }
    }

    private fun locate(found: FloatArray, answer: Answer) {
        if (box == null) {
            boxConfidence = answer.meanConfidence()
            boxWidth = found[2] - found[0]
            boxHeight = found[3] - found[1]
        }
        box = found
        framed = answer.framed
        located = answer
    }
}
