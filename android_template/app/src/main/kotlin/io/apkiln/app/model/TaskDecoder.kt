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

/** Reads the elements of a tensor's buffer as real numbers. */
class TensorReader(private val tensor: TensorContract) {
    private val stored = StoredType.of(tensor.type)

    fun value(buffer: ByteBuffer, index: Int): Float {
        val raw = stored.read(buffer, index)
        return if (stored == StoredType.FLOAT32) raw else (raw - tensor.zeroPoint) * tensor.scale
    }
}
