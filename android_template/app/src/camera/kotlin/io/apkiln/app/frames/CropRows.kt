package io.apkiln.app.frames

/**
 * Computes rows of a crop, two at a time, for one thread: blends a frame's rows, resamples along them, and makes RGB of YUV.
 *
 * Numbers are whole throughout. A pixel of a blended row is a byte; times weights that make up 256 it has 16 bits; RGB is
 * computed of those with coefficients of 14 bits, rounded once, and looked up in a [PixelTable].
 */
internal class CropRows(size: Int, private val fill: IntArray) {
    private val luma = LumaLine()
    private val chroma = ChromaLine()
    private val y = Array(2) { Apart.ints(size) }
    private val u = Array(2) { Apart.ints(size) }
    private val v = Array(2) { Apart.ints(size) }

    /** What [compute] found for its two rows: a pixel's levels of red, green and blue, lowest first, of [PixelTable.BITS] each. */
    val colors = Array(2) { Apart.ints(size) }

    /** The next rows are of [frame]. */
    fun open(frame: Frame, crop: LaidCrop) {
        luma.open(frame, crop.lumaDots.from, crop.lumaDots.count)
        chroma.open(frame, crop.chromaDots.from, crop.chromaDots.count)
    }

    /** Computes output rows [row] and [next]; columns, where the crop is turned. */
    fun compute(crop: LaidCrop, row: Int, next: Int) {
        val across = crop.across
        luma.blend(crop.down.luma, row, 0)
        luma.blend(crop.down.luma, next, 1)
        chroma.blend(crop.down.chroma, row, 0)
        chroma.blend(crop.down.chroma, next, 1)
        dotLuma(crop.lumaDots, across.from, across.until)
        for (pass in 1 until crop.lumaDots.passes) dotMoreLuma(crop.lumaDots, pass, across.from, across.until)
        dotChroma(crop.chromaDots, across.from, across.until)
        for (pass in 1 until crop.chromaDots.passes) dotMoreChroma(crop.chromaDots, pass, across.from, across.until)
        color(0, across, crop.down.inside[row])
        color(1, across, crop.down.inside[next])
    }

    private fun dotLuma(dots: RowDots, from: Int, until: Int) {
        val line = luma.line
        val at = dots.at[0]
        val first = dots.first[0]
        val second = dots.second[0]
        val (y0, y1) = y
        for (i in from until until) {
            val k = at[i]
            val one = first[i]
            val two = second[i]
            y0[i] = (line[k] * one + line[k + 2] * two ushr 48).toInt()
            y1[i] = (line[k + 1] * one + line[k + 3] * two ushr 48).toInt()
        }
    }

    private fun dotMoreLuma(dots: RowDots, pass: Int, from: Int, until: Int) {
        val line = luma.line
        val at = dots.at[pass]
        val first = dots.first[pass]
        val second = dots.second[pass]
        for (which in y.indices) {
            val y = y[which]
            for (i in from until until) {
                val k = at[i] + which
                y[i] += (line[k] * first[i] + line[k + 2] * second[i] ushr 48).toInt()
            }
        }
    }

    /** V's two pixels are in a word's lower half: their sum is in the second lane, U's in the fourth. */
    private fun dotChroma(dots: RowDots, from: Int, until: Int) {
        val line = chroma.line
        val at = dots.at[0]
        val first = dots.first[0]
        val second = dots.second[0]
        val (u0, u1) = u
        val (v0, v1) = v
        for (i in from until until) {
            val k = at[i]
            val one = first[i]
            val two = second[i]
            val sums0 = line[k] * one + line[k + 2] * two
            val sums1 = line[k + 1] * one + line[k + 3] * two
            u0[i] = (sums0 ushr 48).toInt()
            v0[i] = sums0.toInt() ushr 16
            u1[i] = (sums1 ushr 48).toInt()
            v1[i] = sums1.toInt() ushr 16
        }
    }

    private fun dotMoreChroma(dots: RowDots, pass: Int, from: Int, until: Int) {
        val line = chroma.line
        val at = dots.at[pass]
        val first = dots.first[pass]
        val second = dots.second[pass]
        for (which in u.indices) {
            val u = u[which]
            val v = v[which]
            for (i in from until until) {
                val k = at[i] + which
                val sums = line[k] * first[i] + line[k + 2] * second[i]
                u[i] += (sums ushr 48).toInt()
                v[i] += sums.toInt() ushr 16
            }
        }
    }

    /** Fills [colors] of row [which], 0 or 1. */
    private fun color(which: Int, across: SampleAxis, inside: Int) {
        channel(which, 0, across, inside, 0, V_IN_RED)
        channel(which, 1, across, inside, U_IN_GREEN, V_IN_GREEN)
        channel(which, 2, across, inside, U_IN_BLUE, 0)
    }

    /**
     * y + [ofU] * (u - 128) + [ofV] * (v - 128) of what lies inside the picture, and the fill of the rest, put into its place
     * in each word of [colors]. Where [rowInside] * columnInside is less than 1, so are the sums, and 128 with them.
     *
     * A loop for each channel: compilers make one compute many pixels at a time, but not a longer one of all three.
     */
    private fun channel(which: Int, channel: Int, across: SampleAxis, rowInside: Int, ofU: Int, ofV: Int) {
        val y = y[which]
        val u = u[which]
        val v = v[which]
        val colors = colors[which]
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
