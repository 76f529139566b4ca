package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import kotlin.math.round

/**
 * Gathers the pixels of a model's input as its type wants them, and copies whole rows of them into [tensor].
 *
 * A table gives what is stored for each channel's levels: 1024 places a channel, 0–255 normalized (and quantized), then
 * what is lighter, which is as 255, then what is below 0 where that is read without its sign, which is as 0.
 */
internal class PixelWriter(contract: ModelContract, tensor: ByteBuffer) {
    private val size = contract.input.shape[1]
    private val floating = StoredType.of(contract.input.type) == StoredType.FLOAT32
    private val floats = FloatArray(if (floating) size * size * 3 else 0)
    private val bytes = ByteArray(if (floating) 0 else size * size * 3)
    private val floatTable = FloatArray(if (floating) 3 * LEVELS else 0) { normalized(contract, it) }
    private val byteTable = ByteArray(if (floating) 0 else 3 * LEVELS) { quantized(contract, it) }


    /** A buffer has one position, and each worker puts at its own. */
    private val floatViews = Array(Crew.WORKERS) { tensor.asFloatBuffer() }
    private val byteViews = Array(Crew.WORKERS) { tensor.duplicate() }

    /** Gives all pixels the same [rgb], 0–255. */
    fun fill(rgb: IntArray) {
        for (channel in 0 until 3) {
            val place = channel * LEVELS + rgb[channel]
            if (floating) {
                for (index in channel until floats.size step 3) floats[index] = floatTable[place]
            } else {
                for (index in channel until bytes.size step 3) bytes[index] = byteTable[place]
            }
        }
    }

    /** Takes pixels [from] until [until] of row [i], each channel as places in the table. */
    fun row(red: IntArray, green: IntArray, blue: IntArray, i: Int, from: Int, until: Int) =
        put(red, green, blue, 3 * (size * i + from), 3, from, until)

    /** As [row], for column [j]. */
    fun column(red: IntArray, green: IntArray, blue: IntArray, j: Int, from: Int, until: Int) =
        put(red, green, blue, 3 * (size * from + j), 3 * size, from, until)

    private fun put(red: IntArray, green: IntArray, blue: IntArray, first: Int, step: Int, from: Int, until: Int) {
        if (floating) {
            putFloats(floats, floatTable, red, green, blue, first, step, from, until)
        } else {
            putBytes(bytes, byteTable, red, green, blue, first, step, from, until)
        }
    }

    /** Copies rows [from] until [until] into the tensor. */
    fun store(worker: Int, from: Int, until: Int) {
        val first = 3 * size * from
        val count = 3 * size * until - first
        if (floating) {
            val view = floatViews[worker]
            view.position(first)
            view.put(floats, first, count)
        } else {
            val view = byteViews[worker]
            view.position(first)
            view.put(bytes, first, count)
        }
    }

    private fun putFloats(
        floats: FloatArray, table: FloatArray, red: IntArray, green: IntArray, blue: IntArray,
        first: Int, step: Int, from: Int, until: Int,
    ) {
        var index = first
        for (i in from until until) {
            floats[index] = table[red[i]]
            floats[index + 1] = table[green[i]]
            floats[index + 2] = table[blue[i]]
            index += step
        }
    }

    private fun putBytes(
        bytes: ByteArray, table: ByteArray, red: IntArray, green: IntArray, blue: IntArray,
        first: Int, step: Int, from: Int, until: Int,
    ) {
        var index = first
        for (i in from until until) {
            bytes[index] = table[red[i]]
            bytes[index + 1] = table[green[i]]
            bytes[index + 2] = table[blue[i]]
            index += step
        }
    }

    companion object {
        /** Places of a channel in the table. */
        const val LEVELS = 1024

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
