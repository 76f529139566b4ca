package io.apkiln.app.frames

/**
 * Computes rows of a crop, for one thread: blends a frame's rows, resamples along them, and makes RGB of YUV.
 *
 * Numbers are whole throughout. A pixel of a blended row is a byte; times weights that make up 256 it has 16 bits; RGB is
 * computed of those with coefficients of 14 bits, rounded once, and looked up in a [PixelTable].
 */
internal class CropRows(size: Int, private val fill: IntArray) {
    private val luma = LumaLine()
    private val chroma = ChromaLine()
    private val y = Apart.ints(size)
    private val u = Apart.ints(size)
    private val v = Apart.ints(size)

    /** What [compute] found: a pixel's levels of red, green and blue, lowest first, of [PixelTable.BITS] each. */
    val colors = Apart.ints(size)

    /** The next rows are of [frame]. */
    fun open(frame: Frame, crop: LaidCrop) {
        luma.open(frame, crop.lumaDots.from, crop.lumaDots.count)
        chroma.open(frame, crop.chromaDots.from, crop.chromaDots.count)
    }

    /** Computes output row [row]; a column, where the crop is turned. */
    fun compute(crop: LaidCrop, row: Int) {
        val across = crop.across
        luma.blend(crop.down.luma, row)
        chroma.blend(crop.down.chroma, row)
        resampleLuma(crop.lumaDots, across.from, across.until)
        resampleChroma(crop.chromaDots, across.from, across.until)
        val inside = crop.down.inside[row]
        channel(0, across, inside, 0, V_IN_RED)
        channel(1, across, inside, U_IN_GREEN, V_IN_GREEN)
        channel(2, across, inside, U_IN_BLUE, 0)
    }

    private fun resampleLuma(dots: RowDots, from: Int, until: Int) {
        dotLuma(y, luma.line, dots.at[0], dots.first[0], dots.second[0], from, until)
        for (pass in 1 until dots.passes) {
            dotMoreLuma(y, luma.line, dots.at[pass], dots.first[pass], dots.second[pass], from, until)
        }
    }

    private fun resampleChroma(dots: RowDots, from: Int, until: Int) {
        dotChroma(u, v, chroma.line, dots.at[0], dots.first[0], dots.second[0], from, until)
        for (pass in 1 until dots.passes) {
            dotMoreChroma(u, v, chroma.line, dots.at[pass], dots.first[pass], dots.second[pass], from, until)
        }
    }

    private fun dotLuma(y: IntArray, line: LongArray, at: IntArray, first: LongArray, second: LongArray, from: Int, until: Int) {
        for (i in from until until) {
            val k = at[i]
            y[i] = (line[k] * first[i] + line[k + 1] * second[i] ushr 48).toInt()
        }
    }

    private fun dotMoreLuma(y: IntArray, line: LongArray, at: IntArray, first: LongArray, second: LongArray, from: Int, until: Int) {
        for (i in from until until) {
            val k = at[i]
            y[i] += (line[k] * first[i] + line[k + 1] * second[i] ushr 48).toInt()
        }
    }

    /** V's two pixels are in a word's lower half: their sum is in the second lane, U's in the fourth. */
    private fun dotChroma(
        u: IntArray, v: IntArray, line: LongArray, at: IntArray, first: LongArray, second: LongArray, from: Int, until: Int,
    ) {
        for (i in from until until) {
            val k = at[i]
            val sums = line[k] * first[i] + line[k + 1] * second[i]
            u[i] = (sums ushr 48).toInt()
            v[i] = sums.toInt() ushr 16
        }
    }

    private fun dotMoreChroma(
        u: IntArray, v: IntArray, line: LongArray, at: IntArray, first: LongArray, second: LongArray, from: Int, until: Int,
    ) {
        for (i in from until until) {
            val k = at[i]
            val sums = line[k] * first[i] + line[k + 1] * second[i]
            u[i] += (sums ushr 48).toInt()
            v[i] += sums.toInt() ushr 16
        }
    }

    /**
     * y + [ofU] * (u - 128) + [ofV] * (v - 128) of what lies inside the picture, and the fill of the rest, put into its place
     * in each word of [colors]. Where [rowInside] * columnInside is less than 1, so are the sums, and 128 with them.
     *
     * A loop for each channel: compilers make one compute many pixels at a time, but not a longer one of all three.
     */
    private fun channel(channel: Int, across: SampleAxis, rowInside: Int, ofU: Int, ofV: Int) {
        val y = y
        val u = u
        val v = v
        val colors = colors
        val columnInside = across.inside
        val middle = 128 * rowInside + 128 shr 8
        val shift = channel * PixelTable.BITS
        val before = (1 shl shift) - 1
        val rest = fill[channel] shl 6
        val all = (1 shl 21) + 65536 * rest
        val less = rowInside * rest + middle * (ofU + ofV)
        for (i in across.from until across.until) {
            val level = (y[i] shl 14) + ofU * u[i] + ofV * v[i] + all - less * columnInside[i] ushr 22
            colors[i] = (colors[i] and before) or (level shl shift)
        }
    }

    private companion object {
        /** BT.601 with full range, times 2^14. */
        const val V_IN_RED = 22970
        const val U_IN_GREEN = -5638
        const val V_IN_GREEN = -11700
        const val U_IN_BLUE = 29032
    }
}
