package io.apkiln.app.model

import java.nio.ByteBuffer

/** Decodes the output tensor of one model; each kind of task has its own in its folder. */
interface TaskDecoder<A> {
    /** An empty answer for [decode] to fill. */
    fun newAnswer(): A

    /** Fills [answer] with what [output] says. Allocates nothing. */
    fun decode(output: ByteBuffer, answer: A)

    /** A new answer with what [output] says. */
    fun decode(output: ByteBuffer): A = newAnswer().also { decode(output, it) }

    /** Forgets all earlier outputs, if the decoder remembers any: the next input does not continue the last one. */
    fun clear() = Unit
}
