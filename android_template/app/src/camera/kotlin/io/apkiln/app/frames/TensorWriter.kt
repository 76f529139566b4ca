package io.apkiln.app.frames

import java.nio.ByteBuffer

/** Copies numbers into a model's input buffer, whose own position stays untouched. */
internal class TensorWriter(tensor: ByteBuffer) {
    private val floats = tensor.asFloatBuffer()
    private val bytes = tensor.duplicate()

    /** Copies [count] numbers of [from], from index [first] on, to index [target] of the tensor. */
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
