package io.apkiln.app.model

import java.nio.ByteBuffer

/** Decodes the outputs of one model; each kind of task has its own in its folder. */
interface TaskDecoder<A> {
    /** An empty answer for [decode] to fill. */
    fun newAnswer(): A

    /** Fills [answer] with what [outputs], in the order of the contract, say. Allocates nothing. */
    fun decode(outputs: List<ByteBuffer>, answer: A)

    /** A new answer with what [outputs] say. */
    fun decode(outputs: List<ByteBuffer>): A = newAnswer().also { decode(outputs, it) }

    /** Forgets all earlier outputs, if the decoder remembers any: the next input does not continue the last one. */
    fun clear() = Unit
}
