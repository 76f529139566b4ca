package io.apkiln.app.model

import java.nio.ByteBuffer

/** Turns a model's output tensor into what it means; each task kind has its own in src/KIND. */
interface TaskDecoder<out T> {
    fun decode(output: ByteBuffer): T
}

/** Reads the elements of a tensor's buffer as the real numbers that they stand for. */
class TensorReader(private val tensor: TensorContract) {
    private val stored = StoredType.of(tensor.type)

    fun value(buffer: ByteBuffer, index: Int): Float {
        val raw = stored.read(buffer, index)
        return if (stored == StoredType.FLOAT32) raw else (raw - tensor.zeroPoint) * tensor.scale
    }
}
