package io.apkiln.app.frames

/** Two rows of a frame's blended luma, as [RowDots] takes them: four pixels a word. */
internal class LumaLine {
    private val luma = BlendedRows()
    private var count = 0

    /**
     * What [blend] found: words with pixels in lanes of 16 bits, in the order first, third, second, fourth, each row's beside
     * the other's; a word more of either than is needed.
     */
    var line = Apart.longs(1)
        private set

    /** Makes ready for [frame], of whose rows [count] words from [from] on are needed; allocates where that is more than before. */
    fun open(frame: Frame, from: Int, count: Int) {
        luma.open(frame.yPlane, null, frame.yRowStride, frame.yPixelStride, frame.width, from, count)
        this.count = count
        if (line.size < 2 * (count + 1) + Apart.LONGS) line = Apart.longs(2 * (count + 1))
    }

    /** Fills [line]'s row [which], 0 or 1, with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int, which: Int) {
        luma.blend(down, row)
        pack(line, which, 2, luma.even, luma.odd, 0, count)
    }
}

/** Two rows of a frame's blended chroma, as [RowDots] takes them: two pixels a word, V's in its lower half. */
internal class ChromaLine {
    /** V's words, then U's. */
    private val both = BlendedRows()
    private var count = 0
    private var interleaved = false

    /** Two neighbours' pixels a word, of [both]. */
    private var pairs = IntArray(0)

    /** What [blend] found: words with V, V, U, U in lanes of 16 bits, laid as LumaLine's. */
    var line = Apart.longs(1)
        private set

    /** As LumaLine's; [from] and [count] are even. */
    fun open(frame: Frame, from: Int, count: Int) {
        val stride = frame.uvRowStride
        val width = (frame.width + 1) / 2
        interleaved = frame.uvPixelStride == 2 // between a plane's bytes there are mostly the other's, so words of both are read
        if (interleaved) {
            both.openHalves(frame.vPlane, frame.uPlane, stride, from, count)
        } else {
            both.open(frame.vPlane, frame.uPlane, stride, frame.uvPixelStride, width, from / 2, count / 2)
        }
        this.count = count
        if (line.size >= 2 * (count + 1) + Apart.LONGS) return
        line = Apart.longs(2 * (count + 1))
        pairs = Apart.ints(count)
    }

    /** Fills [line]'s row [which], 0 or 1, with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int, which: Int) {
        both.blend(down, row)
        if (interleaved) return pack(line, which, 2, both.even, both.even, count, count)
        firstTwo(both.even, both.odd)
        pack(line, which, 4, pairs, pairs, count / 2, count / 2)
        lastTwo(both.even, both.odd)
        pack(line, 2 + which, 4, pairs, pairs, count / 2, count / 2)
    }

    private fun firstTwo(even: IntArray, odd: IntArray) {
        for (k in 0 until count) pairs[k] = (even[k] and 0xff) or (odd[k] shl 16)
    }

    private fun lastTwo(even: IntArray, odd: IntArray) {
        for (k in 0 until count) pairs[k] = (even[k] ushr 16) or (odd[k] and -0x10000)
    }
}

/** Words of [count] lower halves of [lower] and as many upper ones of [upper] from its place [from] on, into every [step]th of [line]. */
private fun pack(line: LongArray, first: Int, step: Int, lower: IntArray, upper: IntArray, from: Int, count: Int) {
    for (k in 0 until count) line[first + step * k] = lower[k].toLong() or (upper[from + k].toLong() shl 32)
}
