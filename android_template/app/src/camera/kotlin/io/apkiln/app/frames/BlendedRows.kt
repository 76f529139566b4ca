package io.apkiln.app.frames

/**
 * Weighted sums of a frame's rows, rounded to bytes.
 *
 * A word's even and odd bytes are taken apart, so that each has 16 bits to be weighed in, and a loop over words has
 * neither bytes nor jumps in it: compilers make it compute many words at a time.
 */
internal class BlendedRows(private val source: FrameRows) {
    private var from = 0
    private var count = 0
    private var even = IntArray(0)
    private var odd = IntArray(0)

    /** Rows that were read last, each in its slot: the next output row needs some of them again. */
    private val rows = Array(SLOTS) { IntArray(0) }
    private val numbers = IntArray(SLOTS)

    /** The slots of an output row's rows, and their weights. */
    private val slots = IntArray(Taps.MOST)
    private val weights = IntArray(Taps.MOST)

    /** What [blend] found: a word's four bytes in lanes of 16 bits, in the order first, third, second, fourth; a word more than is needed. */
    var line = LongArray(1)
        private set

    /** Makes ready for [frame], of whose rows [count] words from [from] on are needed; allocates where that is more than before. */
    fun open(frame: Frame, from: Int, count: Int) {
        source.open(frame)
        this.from = from
        this.count = count
        numbers.fill(NONE)
        if (line.size > count) return
        for (slot in rows.indices) rows[slot] = IntArray(count)
        even = IntArray(count)
        odd = IntArray(count)
        line = LongArray(count + 1)
    }

    /** Fills [line] with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int) {
        val taps = down.count[row]
        val first = row * Taps.MOST
        // Rows that lie further apart could want the same slot; those are not read twice anyway.
        val near = taps > 0 && down.place[first + taps - 1] - down.place[first] < SLOTS
        for (k in 0 until Taps.MOST) { // what is missing weighs nothing
            weights[k] = if (k < taps) down.weight[first + k] else 0
            slots[k] = if (k < taps) slotOf(down.place[first + k], k, near) else slots[0]
        }
        val (a, b, c, d) = slots
        weigh(even, 0, rows[a], rows[b], rows[c], rows[d], weights[0], weights[1], weights[2], weights[3])
        weigh(odd, 8, rows[a], rows[b], rows[c], rows[d], weights[0], weights[1], weights[2], weights[3])
        if (taps > 4) {
            weighMore(even, 0, rows[slots[4]], rows[slots[5]], weights[4], weights[5])
            weighMore(odd, 8, rows[slots[4]], rows[slots[5]], weights[4], weights[5])
        }
        round(even)
        round(odd)
        pack()
    }

    /** Where row [number] now is: in the slot of its own where all are [near], else in that of tap [k]. */
    private fun slotOf(number: Int, k: Int, near: Boolean): Int {
        val slot = if (near) number % SLOTS else k
        if (numbers[slot] != number) {
            source.read(number, from, count, rows[slot])
            numbers[slot] = number
        }
        return slot
    }

    private fun weigh(
        sums: IntArray, shift: Int,
        a: IntArray, b: IntArray, c: IntArray, d: IntArray, ofA: Int, ofB: Int, ofC: Int, ofD: Int,
    ) {
        for (k in 0 until count) {
            sums[k] = ofA * (a[k] ushr shift and LANES) + ofB * (b[k] ushr shift and LANES) +
                ofC * (c[k] ushr shift and LANES) + ofD * (d[k] ushr shift and LANES)
        }
    }

    private fun weighMore(sums: IntArray, shift: Int, a: IntArray, b: IntArray, ofA: Int, ofB: Int) {
        for (k in 0 until count) sums[k] += ofA * (a[k] ushr shift and LANES) + ofB * (b[k] ushr shift and LANES)
    }

    private fun round(sums: IntArray) {
        for (k in 0 until count) sums[k] = sums[k] + HALVES ushr 8 and LANES
    }

    private fun pack() {
        val even = even
        val odd = odd
        val line = line
        for (k in 0 until count) line[k] = even[k].toLong() or (odd[k].toLong() shl 32)
    }

    private companion object {
        /** At least [Taps.MOST]. */
        const val SLOTS = 8
        const val NONE = -1
        const val LANES = 0x00ff00ff
        const val HALVES = 0x00800080
    }
}
