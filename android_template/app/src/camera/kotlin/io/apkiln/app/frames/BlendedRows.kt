package io.apkiln.app.frames

import java.nio.ByteBuffer

/**
 * Weighted sums of a plane's rows, rounded to bytes.
 *
 * A word's even and odd bytes are taken apart, so that each has 16 bits to be weighed in, and a loop over words has
 * neither bytes nor jumps in it: compilers make it compute many words at a time.
 */
internal class BlendedRows {
    private val plane = PlaneWords()
    private var rowStride = 0
    private var pixelStride = 0
    private var width = 0
    private var halves = false
    private var from = 0
    private var count = 0

    /** Rows that were read last, each in its slot: the next output row needs some of them again. */
    private val rows = Array(SLOTS) { IntArray(0) }
    private val numbers = IntArray(SLOTS)

    /** The slots of an output row's rows, and their weights. */
    private val slots = IntArray(Taps.MOST)
    private val weights = IntArray(Taps.MOST)

    /** What [blend] found: each word's first and third byte, and its second and fourth, in lanes of 16 bits. */
    var even = IntArray(0)
        private set
    var odd = IntArray(0)
        private set

    /** The next rows are of [plane], whose rows have [width] pixels; [count] words of four pixels from word [from] on are needed. */
    fun open(plane: ByteBuffer, rowStride: Int, pixelStride: Int, width: Int, from: Int, count: Int) {
        halves = false
        open(plane, rowStride, from, count)
        this.pixelStride = pixelStride
        this.width = width
    }

    /** As above, where only every other byte is a pixel of this plane: words have two of them, and [odd] is left as it is. */
    fun openHalves(plane: ByteBuffer, rowStride: Int, from: Int, count: Int) {
        halves = true
        open(plane, rowStride, from, count)
        pixelStride = 1
    }

    private fun open(plane: ByteBuffer, rowStride: Int, from: Int, count: Int) {
        this.plane.open(plane)
        this.rowStride = rowStride
        this.from = from
        this.count = count
        numbers.fill(NONE)
        if (even.size >= count) return
        for (slot in rows.indices) rows[slot] = IntArray(count)
        even = IntArray(count)
        odd = IntArray(count)
    }

    /** Fills [even] and [odd] with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int) {
        val taps = down.count[row]
        val first = row * Taps.MOST
        // Rows that lie further apart could want the same slot; those are not read twice anyway.
        val near = taps > 0 && down.place[first + taps - 1] - down.place[first] < SLOTS
        for (k in 0 until Taps.MOST) { // what is missing weighs nothing
            weights[k] = if (k < taps) down.weight[first + k] else 0
            slots[k] = if (k < taps) slotOf(down.place[first + k], k, near) else slots[0]
        }
        weigh(even, 0, taps > FEW)
        if (!halves) weigh(odd, 8, taps > FEW)
    }

    /** Where row [number] now is: in the slot of its own where all are [near], else in that of tap [k]. */
    private fun slotOf(number: Int, k: Int, near: Boolean): Int {
        val slot = if (near) number % SLOTS else k
        if (numbers[slot] != number) {
            read(number, rows[slot])
            numbers[slot] = number
        }
        return slot
    }

    private fun read(row: Int, into: IntArray) {
        val start = row * rowStride
        if (pixelStride == 1) return plane.read(start + 4 * from, count, into)
        for (k in 0 until count) {
            val pixel = 4 * (from + k)
            var word = 0
            for (lane in 0 until minOf(4, width - pixel)) {
                word = word or (plane.byte(start + (pixel + lane) * pixelStride) shl 8 * lane)
            }
            into[k] = word
        }
    }

    private fun weigh(sums: IntArray, shift: Int, many: Boolean) {
        val a = rows[slots[0]]
        val b = rows[slots[1]]
        val c = rows[slots[2]]
        val d = rows[slots[3]]
        if (many) {
            weigh(sums, shift, a, b, c, d, rows[slots[4]], rows[slots[5]])
        } else {
            weigh(sums, shift, a, b, c, d)
        }
    }

    private fun weigh(sums: IntArray, shift: Int, a: IntArray, b: IntArray, c: IntArray, d: IntArray) {
        val (ofA, ofB, ofC, ofD) = weights
        for (k in 0 until count) {
            val sum = ofA * (a[k] ushr shift and LANES) + ofB * (b[k] ushr shift and LANES) +
                ofC * (c[k] ushr shift and LANES) + ofD * (d[k] ushr shift and LANES)
            sums[k] = sum + HALVES ushr 8 and LANES
        }
    }

    private fun weigh(
        sums: IntArray, shift: Int,
        a: IntArray, b: IntArray, c: IntArray, d: IntArray, e: IntArray, f: IntArray,
    ) {
        val (ofA, ofB, ofC, ofD, ofE) = weights
        val ofF = weights[5]
        for (k in 0 until count) {
            val sum = ofA * (a[k] ushr shift and LANES) + ofB * (b[k] ushr shift and LANES) +
                ofC * (c[k] ushr shift and LANES) + ofD * (d[k] ushr shift and LANES) +
                ofE * (e[k] ushr shift and LANES) + ofF * (f[k] ushr shift and LANES)
            sums[k] = sum + HALVES ushr 8 and LANES
        }
    }

    private companion object {
        /** At least [Taps.MOST]. */
        const val SLOTS = 8
        const val FEW = 4
        const val NONE = -1
        const val LANES = 0x00ff00ff
        const val HALVES = 0x00800080
    }
}
