package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import kotlin.math.round

/**
 * What a model's input stores for each channel's levels: normalized and, where its type asks for it, quantized.
 *
 * [LEVELS] places a channel: 0–255, then what is lighter, which is as 255, then what is below 0 where that is read without
 * its sign, which is as 0.
 */
internal class PixelTable(contract: ModelContract) {
    /** Whether the input's numbers are in [floats]; else they are in [bytes]. */
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
