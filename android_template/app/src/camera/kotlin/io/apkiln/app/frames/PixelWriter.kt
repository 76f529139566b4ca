package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import kotlin.math.round

/**
 * Gathers the pixels of a model's input as its type wants them, and copies whole rows of them into [tensor].
 *
 * Each channel has a table from 10 bits to what is stored: 0–255 normalized (and quantized), then what is lighter, which
 * is as 255, then what is below 0 where that is read without its sign, which is as 0.
 */
internal class PixelWriter(contract: ModelContract, tensor: ByteBuffer) {
    private val size = contract.input.shape[1]
    private val floating = StoredType.of(contract.input.type) == StoredType.FLOAT32
    private val floats = FloatArray(if (floating) size * size * 3 else 0)
    private val bytes = ByteArray(if (floating) 0 else size * size * 3)
    private val floatTables = Array(3) { channel -> FloatArray(if (floating) LEVELS else 0) { normalized(contract, channel, it) } }
    private val byteTables = Array(3) { channel -> ByteArray(if (floating) 0 else LEVELS) { quantized(contract, channel, it) } }

    /** A buffer has one position, and each worker puts at its own. */
    private val floatViews = Array(Crew.WORKERS) { tensor.asFloatBuffer() }
    private val byteViews = Array(Crew.WORKERS) { tensor.duplicate() }

    /** Gives all pixels the same [rgb], 0–255. */
    fun fill(rgb: IntArray) {
        for (channel in 0 until 3) {
            if (floating) {
                val value = floatTables[channel][rgb[channel]]
                for (index in channel until floats.size step 3) floats[index] = value
            } else {
                val value = byteTables[channel][rgb[channel]]
                for (index in channel until bytes.size step 3) bytes[index] = value
            }
        }
    }

    /** Takes pixels [from] until [until] of row [i], each channel as its table's indices. */
    fun row(red: IntArray, green: IntArray, blue: IntArray, i: Int, from: Int, until: Int) {
        if (floating) {
            val (ofRed, ofGreen, ofBlue) = floatTables
            floatRow(red, green, blue, ofRed, ofGreen, ofBlue, 3 * size * i, from, until)
        } else {
            putBytes(red, green, blue, 3 * size * i, 3, from, until)
        }
    }

    /** As [row], for column [j]. */
    fun column(red: IntArray, green: IntArray, blue: IntArray, j: Int, from: Int, until: Int) {
        if (floating) {
            val (ofRed, ofGreen, ofBlue) = floatTables
            floatColumn(red, green, blue, ofRed, ofGreen, ofBlue, 3 * j, from, until)
        } else {
            putBytes(red, green, blue, 3 * j, 3 * size, from, until)
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

    /** Steps of three that a compiler knows: it need not check each index. */
    private fun floatRow(
        red: IntArray, green: IntArray, blue: IntArray, ofRed: FloatArray, ofGreen: FloatArray, ofBlue: FloatArray,
        first: Int, from: Int, until: Int,
    ) {
        val floats = floats
        for (i in from until until) {
            floats[first + 3 * i] = ofRed[red[i]]
            floats[first + 3 * i + 1] = ofGreen[green[i]]
            floats[first + 3 * i + 2] = ofBlue[blue[i]]
        }
    }

    private fun floatColumn(
        red: IntArray, green: IntArray, blue: IntArray, ofRed: FloatArray, ofGreen: FloatArray, ofBlue: FloatArray,
        first: Int, from: Int, until: Int,
    ) {
        val floats = floats
        val step = 3 * size
        var index = first + from * step
        for (i in from until until) {
            floats[index] = ofRed[red[i]]
            floats[index + 1] = ofGreen[green[i]]
            floats[index + 2] = ofBlue[blue[i]]
            index += step
        }
    }

    private fun putBytes(red: IntArray, green: IntArray, blue: IntArray, first: Int, step: Int, from: Int, until: Int) {
        val (ofRed, ofGreen, ofBlue) = byteTables
        val bytes = bytes
        var index = first + from * step
        for (i in from until until) {
            bytes[index] = ofRed[red[i]]
            bytes[index + 1] = ofGreen[green[i]]
            bytes[index + 2] = ofBlue[blue[i]]
            index += step
        }
    }

    private companion object {
        const val LEVELS = 1024

        fun level(index: Int): Int = if (index < 256) index else if (index < 512) 255 else 0

        fun normalized(contract: ModelContract, channel: Int, index: Int): Float =
            (level(index) - contract.mean[channel]) * (1 / contract.std[channel]).toFloat()

        fun quantized(contract: ModelContract, channel: Int, index: Int): Byte {
            val input = contract.input
            val stored = StoredType.of(input.type)
            val whole = round(normalized(contract, channel, index) / input.scale).toInt() + input.zeroPoint
            return whole.coerceIn(stored.lowest, stored.highest).toByte()
        }
    }
}
