package io.apkiln.app.frames

import java.nio.ByteBuffer

/**
 * Weighted sums of the rows of a plane, or of two planes of one shape, rounded to bytes.
 *
 * The second plane's words follow the first one's as if both were one row: a short loop costs more than its share. A
 * word's even and odd bytes are taken apart, so that each has 16 bits to be weighed in, and a loop over words has neither
 * bytes nor jumps in it: compilers make it compute many words at a time.
 */
internal class BlendedRows {
    private val planes = Array(2) { PlaneWords() }
    private var rowStride = 0
    private var pixelStride = 0
    private var width = 0
    private var halves = false
    private var from = 0
    private var count = 0
    private var words = 0

    /** Rows that were read last, each in its slot, its number in its last place: the next output row needs some of them again. */
    private val rows = Array(SLOTS) { IntArray(0) }

    /** What [blend] found: each word's first and third byte, and its second and fourth, in lanes of 16 bits. */
    var even = IntArray(0)
        private set
    var odd = IntArray(0)
        private set

    /**
     * The next rows are of [plane], and of [other] where there is one, whose rows have [width] pixels; [count] words of four
     * pixels from word [from] on are needed of each.
     */
    fun open(plane: ByteBuffer, other: ByteBuffer?, rowStride: Int, pixelStride: Int, width: Int, from: Int, count: Int) {
        halves = false
        open(plane, other, rowStride, from, count)
        this.pixelStride = pixelStride
        this.width = width
    }

    /** As above, where only every other byte is a pixel of this plane: words have two of them, and [odd] is left as it is. */
    fun openHalves(plane: ByteBuffer, other: ByteBuffer, rowStride: Int, from: Int, count: Int) {
        halves = true
        open(plane, other, rowStride, from, count)
        pixelStride = 1
    }

    private fun open(plane: ByteBuffer, other: ByteBuffer?, rowStride: Int, from: Int, count: Int) {
        planes[0].open(plane)
        if (other != null) planes[1].open(other)
        this.rowStride = rowStride
        this.from = from
        this.count = count
        words = if (other == null) count else 2 * count
        if (even.size < words + Apart.INTS) {
            for (slot in rows.indices) rows[slot] = Apart.ints(words)
            even = Apart.ints(words)
            odd = Apart.ints(words)
        }
        for (row in rows) row[row.size - 1] = NONE
    }

    /** Fills [even] and [odd] with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int) {
        val many = down.count[row] > FEW
        val a = row(down, row, 0)
        val b = row(down, row, 1)
        val c = row(down, row, 2)
        val d = row(down, row, 3)
        val e = if (many) row(down, row, 4) else a
        val f = if (many) row(down, row, 5) else a
        val weight = down.weight
        val first = row * Taps.MOST
        if (many) weigh(even, 0, weight, first, a, b, c, d, e, f) else weigh(even, 0, weight, first, a, b, c, d)
        if (halves) return
        if (many) weigh(odd, 8, weight, first, a, b, c, d, e, f) else weigh(odd, 8, weight, first, a, b, c, d)
    }

    /** The [k]th of the rows that make up output row [row]; any, where there are no more: it weighs nothing. */
    private fun row(down: Taps, row: Int, k: Int): IntArray {
        val taps = down.count[row]
        val first = row * Taps.MOST
        if (k >= taps) return rows[0]
        val number = down.place[first + k]
        // Rows that lie further apart could want the same slot; those are not read twice anyway.
        val near = down.place[first + taps - 1] - down.place[first] < SLOTS
        val found = rows[if (near) number % SLOTS else k]
        val last = found.size - 1
        if (found[last] != number) {
            read(planes[0], number, found, 0)
            if (words > count) read(planes[1], number, found, count)
            found[last] = number
        }
        return found
    }

    private fun read(plane: PlaneWords, row: Int, into: IntArray, first: Int) {
        val start = row * rowStride
        if (pixelStride == 1) return plane.read(start + 4 * from, count, into, first)
        for (k in 0 until count) {
            val pixel = 4 * (from + k)
            var word = 0
            for (lane in 0 until minOf(4, width - pixel)) {
                word = word or (plane.byte(start + (pixel + lane) * pixelStride) shl 8 * lane)
            }
            into[first + k] = word
        }
    }

    private fun weigh(
        sums: IntArray, shift: Int, weight: IntArray, first: Int,
        a: IntArray, b: IntArray, c: IntArray, d: IntArray,
    ) {
        val ofA = weight[first]
        val ofB = weight[first + 1]
        val ofC = weight[first + 2]
        val ofD = weight[first + 3]
        for (k in 0 until words) {
            val sum = ofA * (a[k] ushr shift and LANES) + ofB * (b[k] ushr shift and LANES) +
                ofC * (c[k] ushr shift and LANES) + ofD * (d[k] ushr shift and LANES)
            sums[k] = sum + HALVES ushr 8 and LANES
        }
    }

    private fun weigh(
        sums: IntArray, shift: Int, weight: IntArray, first: Int,
        a: IntArray, b: IntArray, c: IntArray, d: IntArray, e: IntArray, f: IntArray,
    ) {
        val ofA = weight[first]
        val ofB = weight[first + 1]
        val ofC = weight[first + 2]
        val ofD = weight[first + 3]
        val ofE = weight[first + 4]
        val ofF = weight[first + 5]
        for (k in 0 until words) {
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
