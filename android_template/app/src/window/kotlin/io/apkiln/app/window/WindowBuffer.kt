package io.apkiln.app.window

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * The last W samples of C channels, and the model's input made from them: (value - mean) / std, oldest sample first. Each of
 * the model's files may take it in another type.
 *
 * A missing value (NaN) is replaced by the last known one of its channel; samples before every channel has had a value don't
 * count. Nothing is allocated per sample.
 */
class WindowBuffer(private val contract: ModelContract) {
    private class Tensor(val contract: ModelContract, size: Int) {
        val elements = TensorElements(contract.input)

        /** Direct, in native byte order, and the same for every window. */
        val buffer: ByteBuffer = ByteBuffer.allocateDirect(size * contract.input.dtype.bytes).order(ByteOrder.nativeOrder())
    }

    /** Samples in a window. */
    val length = contract.input.shape[1]
    private val channels = contract.input.shape[2]
    private val mean = contract.normalization.mean.toFloatArray()
    private val std = contract.normalization.std.toFloatArray()
    private val ring = FloatArray(length * channels)
    private val known = FloatArray(channels)
    private var next = 0

    private val tensors = arrayListOf(Tensor(contract, ring.size))

    /** Samples so far, at most [length]. */
    var count = 0
        private set

    val full: Boolean get() = count == length

    init {
        check(contract.input.channels.size == channels && mean.size == channels && std.size == channels) {
            "${contract.file}: each of $channels channels must have a name, a mean and a std"
        }
        check(std.all { it > 0 }) { "${contract.file}: std must be above 0, not ${contract.input.std}" }
        clear()
    }

    /** Forgets all samples: the next one does not continue the last one. */
    fun clear() {
        known.fill(Float.NaN)
        next = 0
        count = 0
    }

    /** Adds the newest sample, one value per channel. */
    fun add(sample: FloatArray) {
        require(sample.size == channels) { "a sample has $channels values, not ${sample.size}" }
        for (c in known.indices) {
            if (sample[c].isFinite()) known[c] = sample[c]
        }
        if (known.any { it.isNaN() }) return
        known.copyInto(ring, next * channels)
        next = (next + 1) % length
        if (count < length) count++
    }

    /** The input of one of the model's files, made from the last [length] samples; null while there are fewer. */
    fun tensor(file: ModelContract = contract): ByteBuffer? {
        if (!full) return null
        val tensor = tensors.firstOrNull { it.contract === file } ?: Tensor(file, ring.size).also { tensors += it }
        for (index in ring.indices) {
            val c = index % channels
            tensor.elements.write(tensor.buffer, index, (value(index / channels, c) - mean[c]) / std[c])
        }
        tensor.buffer.rewind()
        return tensor.buffer
    }

    /** The value of channel [c] in sample [i] of [count], the oldest being 0. */
    fun value(i: Int, c: Int): Float = ring[(next - count + i).mod(length) * channels + c]
}
