package io.apkiln.app.frames

import io.apkiln.app.model.ElementType
import io.apkiln.app.model.ModelContract
import kotlin.math.round

/**
 * What a model's input stores for each level of each channel: normalized and, for integer inputs, quantized.
 *
 * Each channel has [LEVELS] entries: 0–255, then levels above 255, which count as 255, then negative levels, read as
 * unsigned numbers, which count as 0.
 */
internal class PixelTable(private val contract: ModelContract) {
    private val mean = contract.normalization.mean
    private val std = contract.normalization.std

    /** Whether the table is in [floats]; otherwise it is in [bytes]. */
    val floating = contract.input.dtype == ElementType.FLOAT32
    val floats = FloatArray(if (floating) 3 * LEVELS else 0) { normalized(it) }
    val bytes = ByteArray(if (floating) 0 else 3 * LEVELS) { quantized(it) }

    init {
        val dtype = contract.input.dtype
        check(floating || dtype.bytes == 1) { "${contract.file}: a camera can't fill an input of type $dtype" }
    }

    private fun normalized(place: Int): Float {
        val channel = place / LEVELS
        val index = place % LEVELS
        val level = if (index < 256) index else if (index < 512) 255 else 0
        return (level - mean[channel]) * (1 / std[channel]).toFloat()
    }

    private fun quantized(place: Int): Byte {
        val input = contract.input
        val value = normalized(place)
        val stored = if (input.scale == 0f) value else round(value / input.scale) + input.zeroPoint
        return round(stored).toLong().coerceIn(input.dtype.lowest, input.dtype.highest).toByte()
    }

    companion object {
        const val BITS = 10
        const val LEVELS = 1 shl BITS
    }
}
