package io.apkiln.app.frames

import java.nio.ByteBuffer

/** Puts numbers into a model's input, for one thread: a buffer has one position, and threads put at their own. */
internal class TensorWriter(tensor: ByteBuffer) {
    private val floats = tensor.asFloatBuffer()
    private val bytes = tensor.duplicate()

    /** Copies [count] numbers of [from], from place [first] on, to the tensor's place [target]. */
    fun put(from: FloatArray, first: Int, target: Int, count: Int) {
        floats.position(target)
        floats.put(from, first, count)
    }

    /** As above. */
    fun put(from: ByteArray, first: Int, target: Int, count: Int) {
        bytes.position(target)
        bytes.put(from, first, count)
    }
}
