package io.apkiln.app.frames

import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.abs

/**
 * Weighted sums of a plane's rows, resampled along the row.
 *
 * Four pixels go into one word and are taken out of it by shifts, so that a loop over words has neither bytes nor jumps
 * in it, and compilers make it compute many words at a time. Weights of rows are whole numbers, [ONE] for 1; a sum of
 * 255s fits into an Int. Taps are taken [PACKED] at a time: those that are missing weigh nothing.
 */
internal class PlaneRows(private val size: Int) {
    private val places = IntArray(size * SLOTS)
    private val weights = FloatArray(size * SLOTS)
    private var passes = 0
    private var from = 0
    private var until = 0
    private var firstPixel = 0
    private var endPixel = 0

    /** Sums of a row: of every fourth pixel, and of all in their order. */
    private val lanes = Array(PACKED) { IntArray(0) }
    private var line = FloatArray(0)

    /** Rows that were read last, each in its slot: the next output row needs some of them again. */
    private val rows = Array(SLOTS) { IntArray(0) }
    private val numbers = IntArray(SLOTS)
    private val slots = IntArray(SLOTS)
    private val shares = IntArray(SLOTS)

    /** Where in a word its four pixels lie. */
    private val shifts = IntArray(PACKED)
    private var little = true

    /** What [fill] found, of 0–255, for each of the [size] output pixels. */
    val values = FloatArray(size)

    /**
     * Makes ready for planes with rows of [width] pixels, which [across] resamples into output pixels from the [first] on;
     * allocates when the width has changed.
     */
    fun lay(across: Taps, width: Int, first: Int, end: Int) {
        firstPixel = first
        endPixel = end
        val stride = (width + PACKED - 1) / PACKED
        if (line.size != stride * PACKED) {
            for (slot in rows.indices) rows[slot] = IntArray(stride)
            for (lane in lanes.indices) lanes[lane] = IntArray(stride)
            line = FloatArray(stride * PACKED)
        }
        from = if (across.high < 0) 0 else across.low / PACKED
        until = if (across.high < 0) 0 else across.high / PACKED + 1
        passes = (across.count.max() + PACKED - 1) / PACKED
        for (tap in 0 until passes * PACKED) {
            val first = tap / PACKED * size * PACKED + tap % PACKED
            for (i in 0 until size) {
                val source = i * Taps.MOST + tap
                val real = tap < across.count[i]
                places[first + i * PACKED] = if (real) across.place[source] else from * PACKED
                weights[first + i * PACKED] = if (real) across.weight[source] / ONE else 0f
            }
        }
    }

    /** Forgets the rows of the frame before. */
    fun startFrame() = numbers.fill(NONE)

    /** Fills [values] from those rows of [plane] that make up output row [row] of [down]. */
    fun fill(plane: ByteBuffer, rowStride: Int, pixelStride: Int, width: Int, down: Taps, row: Int) {
        val count = down.count[row]
        values.fill(0f)
        if (count == 0 || until == 0) return
        little = plane.order() == ByteOrder.LITTLE_ENDIAN
        placeInWords(pixelStride)
        val start = row * Taps.MOST
        val near = abs(down.place[start + count - 1] - down.place[start]) < SLOTS
        for (k in 0 until SLOTS) {
            val tap = start + if (k < count) k else 0
            val number = down.place[tap]
            // Rows that lie further apart could want the same slot; those are not read twice anyway.
            slots[k] = if (near) number % SLOTS else if (k < count) k else 0
            shares[k] = if (k < count) (down.weight[tap] * ONE + 0.5f).toInt() else 0
            if (numbers[slots[k]] != number) {
                read(plane, number * rowStride, pixelStride, width, rows[slots[k]])
                numbers[slots[k]] = number
            }
        }
        for (first in 0 until count step PACKED) {
            sumRows(first)
            for (pass in 0 until passes) resample(pass * size * PACKED)
        }
    }

    /** As [read] leaves pixels: in the plane's own order, or, where every other byte is one, two words' in turn. */
    private fun placeInWords(pixelStride: Int) {
        for (lane in 0 until PACKED) {
            val byte = if (pixelStride == 2) lane % 2 * 2 + lane / 2 else lane
            shifts[lane] = 8 * when {
                little || pixelStride > 2 -> byte
                pixelStride == 2 -> byte xor 2
                else -> byte xor 3
            }
        }
    }

    /** Packs one row of a plane into [words]; those that would reach beyond its last pixel, and rare strides, byte by byte. */
    private fun read(plane: ByteBuffer, start: Int, pixelStride: Int, width: Int, words: IntArray) {
        val whole = when (pixelStride) {
            1 -> minOf(until, width / PACKED)
            2 -> minOf(until, (width - 1) / PACKED)
            else -> from
        }
        if (pixelStride == 1) {
            for (k in from until whole) words[k] = plane.getInt(start + PACKED * k)
        } else {
            val skip = if (little) 0 else 8
            for (k in from until whole) {
                val at = start + 2 * PACKED * k
                words[k] = (plane.getInt(at) ushr skip and EVEN) or (plane.getInt(at + PACKED) ushr skip and EVEN shl 8)
            }
        }
        for (k in maxOf(from, whole) until until) {
            var word = 0
            for (lane in 0 until minOf(PACKED, width - PACKED * k)) {
                val pixel = plane.get(start + (PACKED * k + lane) * pixelStride).toInt() and 0xff
                word = word or (pixel shl shifts[lane])
            }
            words[k] = word
        }
    }

    /** Sums up four rows from the [first] on into [line]. */
    private fun sumRows(first: Int) {
        for (lane in 0 until PACKED) {
            sum(
                lanes[lane], shifts[lane],
                rows[slots[first]], rows[slots[first + 1]], rows[slots[first + 2]], rows[slots[first + 3]],
                shares[first], shares[first + 1], shares[first + 2], shares[first + 3],
            )
        }
        val (a, b, c, d) = lanes
        val line = line
        for (k in from until until) {
            line[PACKED * k] = a[k].toFloat()
            line[PACKED * k + 1] = b[k].toFloat()
            line[PACKED * k + 2] = c[k].toFloat()
            line[PACKED * k + 3] = d[k].toFloat()
        }
    }

    private fun sum(
        sums: IntArray, shift: Int,
        a: IntArray, b: IntArray, c: IntArray, d: IntArray, ofA: Int, ofB: Int, ofC: Int, ofD: Int,
    ) {
        for (k in from until until) {
            sums[k] = ofA * (a[k] ushr shift and 0xff) + ofB * (b[k] ushr shift and 0xff) +
                ofC * (c[k] ushr shift and 0xff) + ofD * (d[k] ushr shift and 0xff)
        }
    }

    /** Adds to [values] what four taps from [first] on find in [line]. */
    private fun resample(first: Int) {
        val places = places
        val weights = weights
        val line = line
        val values = values
        for (i in firstPixel until endPixel) {
            val tap = first + PACKED * i
            values[i] += weights[tap] * line[places[tap]] + weights[tap + 1] * line[places[tap + 1]] +
                weights[tap + 2] * line[places[tap + 2]] + weights[tap + 3] * line[places[tap + 3]]
        }
    }

    private companion object {
        const val PACKED = 4

        /** At least [Taps.MOST], and whole passes. */
        const val SLOTS = 8
        const val NONE = -1
        const val EVEN = 0x00ff00ff
        const val ONE = 1 shl 22
    }
}
