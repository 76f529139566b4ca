package io.apkiln.app.window

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * The last W samples of C channels, and the model's input made from them: (value - mean) / std, oldest sample first.
 *
 * A missing value (NaN) is replaced by the last known one of its channel; samples before every channel has had a value don't
 * count. Nothing is allocated per sample.
 */
class WindowBuffer(contract: ModelContract) {
    /** Samples in a window. */
    val length = contract.input.shape[1]
    private val channels = contract.input.shape[2]
    private val stored = StoredType.of(contract.input.type)
    private val scale = contract.input.scale
    private val zeroPoint = contract.input.zeroPoint
    private val mean = contract.mean.toFloatArray()
    private val std = contract.std.toFloatArray()
    private val ring = FloatArray(length * channels)
    private val known = FloatArray(channels)
    private var next = 0

    /** The input buffer: direct, in native byte order, and the same for every window. */
    private val tensor: ByteBuffer =
        ByteBuffer.allocateDirect(ring.size * stored.bytes).order(ByteOrder.nativeOrder())

    /** Samples so far, at most [length]. */
    var count = 0
        private set

    val full: Boolean get() = count == length

    init {
        check(contract.channels.size == channels && mean.size == channels && std.size == channels) {
            "${contract.file}: each of $channels channels must have a name, a mean and a std"
        }
        check(std.all { it > 0 }) { "${contract.file}: std must be above 0, not ${contract.std}" }
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

    /** The model's input made from the last [length] samples; null while there are fewer. */
    fun tensor(): ByteBuffer? {
        if (!full) return null
        for (index in ring.indices) {
            put(index, value(index / channels, index % channels))
        }
        tensor.rewind()
        return tensor
    }

    /** The value of channel [c] in sample [i] of [count], the oldest being 0. */
    fun value(i: Int, c: Int): Float = ring[(next - count + i).mod(length) * channels + c]

    private fun put(index: Int, value: Float) {
        val c = index % channels
        val normalized = (value - mean[c]) / std[c]
        if (stored == StoredType.FLOAT32) {
            tensor.putFloat(4 * index, normalized)
        } else {
            val whole = round(normalized / scale).toInt() + zeroPoint
            tensor.put(index, whole.coerceIn(stored.lowest, stored.highest).toByte())
        }
    }
}
