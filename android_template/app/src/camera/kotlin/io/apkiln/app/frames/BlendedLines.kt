package io.apkiln.app.frames

/** Two blended rows of a frame's luma, packed as [RowWeights] needs them: four pixels a word. */
internal class LumaLine {
    private val luma = BlendedRows()
    private var count = 0

    /**
     * The result of [blend]: the pixels of a word in lanes of 16 bits, in the order first, third, second, fourth. The words
     * of both rows alternate, and each row has one more than is needed.
     */
    var line = LongArray(1)
        private set

    /** Reads from [frame] from now on, [count] words of a row from [from] on. Allocates only if that is more than ever before. */
    fun open(frame: Frame, from: Int, count: Int) {
        luma.open(frame.yPlane, null, frame.yRowStride, frame.yPixelStride, frame.width, from, count)
        this.count = count
        if (line.size < 2 * (count + 1)) line = LongArray(2 * (count + 1))
    }

    /** Blends the rows that make up output row [row] of [down] into row [which], 0 or 1, of [line]. */
    fun blend(down: PixelWeights, row: Int, which: Int) {
        luma.blend(down, row)
        pack(line, which, 2, luma.even, luma.odd, 0, count)
    }
}

/** Two blended rows of a frame's chroma, packed as [RowWeights] needs them: two pixels a word, V in its lower half. */
internal class ChromaLine {
    /** The words of V, then those of U. */
    private val both = BlendedRows()
    private var count = 0
    private var interleaved = false

    /** The pixels of [both], two neighbours a word. */
    private var pairs = IntArray(0)

    /** The result of [blend]: V, V, U, U in lanes of 16 bits, ordered as in LumaLine. */
    var line = LongArray(1)
        private set

    /** As in LumaLine; [from] and [count] are even. */
    fun open(frame: Frame, from: Int, count: Int) {
        val stride = frame.uvRowStride
        val width = (frame.width + 1) / 2
        interleaved = frame.uvPixelStride == 2 // then the bytes in between mostly belong to the other plane
        if (interleaved) {
            both.openHalves(frame.vPlane, frame.uPlane, stride, from, count)
        } else {
            both.open(frame.vPlane, frame.uPlane, stride, frame.uvPixelStride, width, from / 2, count / 2)
        }
        this.count = count
        if (line.size >= 2 * (count + 1)) return
        line = LongArray(2 * (count + 1))
        pairs = IntArray(count)
    }

    /** Blends the rows that make up output row [row] of [down] into row [which], 0 or 1, of [line]. */
    fun blend(down: PixelWeights, row: Int, which: Int) {
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

/** Joins [count] words of [lower] with as many of [upper], from [from] on, into every [step]th element of [line]. */
private fun pack(line: LongArray, first: Int, step: Int, lower: IntArray, upper: IntArray, from: Int, count: Int) {
    for (k in 0 until count) line[first + step * k] = lower[k].toLong() or (upper[from + k].toLong() shl 32)
}
