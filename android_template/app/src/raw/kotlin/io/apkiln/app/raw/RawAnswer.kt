package io.apkiln.app.raw

import io.apkiln.app.model.Answer
import io.apkiln.app.model.OutputContract

/** Figures of the first [OUTPUTS] of a model's outputs; always visible. [count] is how many there are. */
class RawAnswer(tensors: List<OutputContract>) : Answer {
    val count = tensors.size
    val outputs = tensors.take(OUTPUTS).map(::OutputFigures)
    override val found get() = true

    override fun meanConfidence() = 1f

    companion object {
        /** As many as have space on a screen. */
        const val OUTPUTS = 6
    }
}
