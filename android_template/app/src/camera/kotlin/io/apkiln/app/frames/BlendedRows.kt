package io.apkiln.app.frames

import java.nio.ByteBuffer

/**
 * Weighted sums of the rows of a plane, or of two planes of the same shape, rounded to bytes.
 *
 * The words of the second plane follow those of the first, as if both were one row: a few long loops are faster than many
 * short ones. The even and the odd bytes of a word are split up, so that each has 16 bits for its weighted sum. The loops go
 * over whole words without branches, which compilers vectorize.
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

    /** The rows read last, each in its slot, with its number as the last element: the next output row reuses some of them. */
    private val rows = Array(SLOTS) { IntArray(0) }

    /** The result of [blend]: the first and third byte of each word, and the second and fourth, in lanes of 16 bits. */
    var even = IntArray(0)
        private set
    var odd = IntArray(0)
        private set

    /**
     * Reads from [plane], and from [other] if there is one, from now on. Their rows have [width] pixels, of which [count]
     * words of four, from word [from] on, are needed.
     */
    fun open(plane: ByteBuffer, other: ByteBuffer?, rowStride: Int, pixelStride: Int, width: Int, from: Int, count: Int) {
        halves = false
        open(plane, other, rowStride, from, count)
        this.pixelStride = pixelStride
        this.width = width
    }

    /** As above, where only every other byte belongs to the plane: words have two pixels, and [odd] stays unused. */
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
        if (even.size < words) {
            for (slot in rows.indices) rows[slot] = IntArray(words + 1)
            even = IntArray(words)
            odd = IntArray(words)
        }
        for (row in rows) row[row.size - 1] = NONE
    }

    /** Blends the rows that make up output row [row] of [down] into [even] and [odd]. */
    fun blend(down: PixelWeights, row: Int) {
        val many = down.count[row] > FEW
        val a = row(down, row, 0)
        val b = row(down, row, 1)
        val c = row(down, row, 2)
        val d = row(down, row, 3)
        val e = if (many) row(down, row, 4) else a
        val f = if (many) row(down, row, 5) else a
        val weight = down.weight
        val first = row * PixelWeights.MOST
        if (many) weigh(even, 0, weight, first, a, b, c, d, e, f) else weigh(even, 0, weight, first, a, b, c, d)
        if (halves) return
        if (many) weigh(odd, 8, weight, first, a, b, c, d, e, f) else weigh(odd, 8, weight, first, a, b, c, d)
    }

    /** The [k]th of the rows that make up output row [row]; an arbitrary one, of weight 0, where there are no more. */
    private fun row(down: PixelWeights, row: Int, k: Int): IntArray {
        val places = down.count[row]
        val first = row * PixelWeights.MOST
        if (k >= places) return rows[0]
        val number = down.place[first + k]
        // Rows further apart could compete for a slot, but none of them is needed again.
        val near = down.place[first + places - 1] - down.place[first] < SLOTS
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
        /** At least [PixelWeights.MOST]. */
        const val SLOTS = 8
        const val FEW = 4
        const val NONE = -1
        const val LANES = 0x00ff00ff
        const val HALVES = 0x00800080
    }
}
