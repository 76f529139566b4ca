package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import kotlin.math.round

/**
 * What a model's input stores for each level of each channel: normalized and, for integer inputs, quantized.
 *
 * Each channel has [LEVELS] entries: 0–255, then levels above 255, which count as 255, then negative levels, read as
 * unsigned numbers, which count as 0.
 */
internal class PixelTable(contract: ModelContract) {
    /** Whether the table is in [floats]; otherwise it is in [bytes]. */
    val floating = StoredType.of(contract.input.type) == StoredType.FLOAT32
    val floats = FloatArray(if (floating) 3 * LEVELS else 0) { normalized(contract, it) }
    val bytes = ByteArray(if (floating) 0 else 3 * LEVELS) { quantized(contract, it) }

    companion object {
        const val BITS = 10
        const val LEVELS = 1 shl BITS

        private fun normalized(contract: ModelContract, place: Int): Float {
            val channel = place / LEVELS
            val index = place % LEVELS
            val level = if (index < 256) index else if (index < 512) 255 else 0
            return (level - contract.mean[channel]) * (1 / contract.std[channel]).toFloat()
        }

        private fun quantized(contract: ModelContract, place: Int): Byte {
            val input = contract.input
            val stored = StoredType.of(input.type)
            val whole = round(normalized(contract, place) / input.scale).toInt() + input.zeroPoint
            return whole.coerceIn(stored.lowest, stored.highest).toByte()
        }
    }
}
