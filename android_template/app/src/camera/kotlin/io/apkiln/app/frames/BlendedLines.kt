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
        luma.open(frame.yPlane, frame.yRowStride, frame.yPixelStride, frame.width, from, count)
        this.count = count
        if (line.size < 2 * (count + 1) + Apart.LONGS) line = Apart.longs(2 * (count + 1))
    }

    /** Fills [line]'s row [which], 0 or 1, with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int, which: Int) {
        luma.blend(down, row)
        pack(line, which, 2, luma.even, luma.odd, count)
    }
}

/** Two rows of a frame's blended chroma, as [RowDots] takes them: two pixels a word, V's in its lower half. */
internal class ChromaLine {
    private val u = BlendedRows()
    private val v = BlendedRows()
    private var count = 0
    private var interleaved = false
    private var ofU = IntArray(0)
    private var ofV = IntArray(0)

    /** What [blend] found: words with V, V, U, U in lanes of 16 bits, laid as LumaLine's. */
    var line = Apart.longs(1)
        private set

    /** As LumaLine's; [from] and [count] are even. */
    fun open(frame: Frame, from: Int, count: Int) {
        val stride = frame.uvRowStride
        val width = (frame.width + 1) / 2
        interleaved = frame.uvPixelStride == 2 // between a plane's bytes there are mostly the other's, so words of both are read
        if (interleaved) {
            u.openHalves(frame.uPlane, stride, from, count)
            v.openHalves(frame.vPlane, stride, from, count)
        } else {
            u.open(frame.uPlane, stride, frame.uvPixelStride, width, from / 2, count / 2)
            v.open(frame.vPlane, stride, frame.uvPixelStride, width, from / 2, count / 2)
        }
        this.count = count
        if (line.size >= 2 * (count + 1) + Apart.LONGS) return
        line = Apart.longs(2 * (count + 1))
        ofU = Apart.ints(count / 2)
        ofV = Apart.ints(count / 2)
    }

    /** Fills [line]'s row [which], 0 or 1, with those rows that make up output row [row] of [down]. */
    fun blend(down: Taps, row: Int, which: Int) {
        u.blend(down, row)
        v.blend(down, row)
        if (interleaved) return pack(line, which, 2, v.even, u.even, count)
        firstTwo(ofU, u.even, u.odd, count / 2)
        firstTwo(ofV, v.even, v.odd, count / 2)
        pack(line, which, 4, ofV, ofU, count / 2)
        lastTwo(ofU, u.even, u.odd, count / 2)
        lastTwo(ofV, v.even, v.odd, count / 2)
        pack(line, 2 + which, 4, ofV, ofU, count / 2)
    }

    private fun firstTwo(pair: IntArray, even: IntArray, odd: IntArray, count: Int) {
        for (k in 0 until count) pair[k] = (even[k] and 0xff) or (odd[k] shl 16)
    }

    private fun lastTwo(pair: IntArray, even: IntArray, odd: IntArray, count: Int) {
        for (k in 0 until count) pair[k] = (even[k] ushr 16) or (odd[k] and -0x10000)
    }
}

private fun pack(line: LongArray, first: Int, step: Int, lower: IntArray, upper: IntArray, count: Int) {
    for (k in 0 until count) line[first + step * k] = lower[k].toLong() or (upper[k].toLong() shl 32)
}
