package io.apkiln.app.frames

/**
 * Computes the rows of a crop, two at a time: blends rows of the frame, resamples along them, and converts YUV to RGB.
 *
 * All arithmetic is on integers. A pixel of a blended row is a byte; times weights that sum to 256 it has 16 bits; RGB is
 * computed from those with coefficients of 14 bits, rounded once, and looked up in a [PixelTable].
 */
internal class CropRows(most: Int, private val fill: IntArray) {
    private val luma = LumaLine()
    private val chroma = ChromaLine()
    private val y = Array(2) { IntArray(most) }
    private val u = Array(2) { IntArray(most) }
    private val v = Array(2) { IntArray(most) }

    /** The result of [compute], by row: the levels of red, green and blue of a pixel, lowest first, [PixelTable.BITS] each. */
    val colors = Array(2) { IntArray(most) }

    /** Reads from [frame] from now on. */
    fun open(frame: Frame, crop: CropPlan) {
        luma.open(frame, crop.lumaRow.from, crop.lumaRow.count)
        chroma.open(frame, crop.chromaRow.from, crop.chromaRow.count)
    }

    /** Computes output rows (columns, where the crop is turned) [row] and [next]. */
    fun compute(crop: CropPlan, row: Int, next: Int) {
        val across = crop.across
        luma.blend(crop.down.luma, row, 0)
        luma.blend(crop.down.luma, next, 1)
        chroma.blend(crop.down.chroma, row, 0)
        chroma.blend(crop.down.chroma, next, 1)
        sumLuma(crop.lumaRow, across.from, across.until)
        for (pass in 1 until crop.lumaRow.passes) addLuma(crop.lumaRow, pass, across.from, across.until)
        sumChroma(crop.chromaRow, across.from, across.until)
        for (pass in 1 until crop.chromaRow.passes) addChroma(crop.chromaRow, pass, across.from, across.until)
        color(0, across, crop.down.inside[row])
        color(1, across, crop.down.inside[next])
    }

    private fun sumLuma(weights: RowWeights, from: Int, until: Int) {
        val line = luma.line
        val at = weights.at[0]
        val first = weights.first[0]
        val second = weights.second[0]
        val (y0, y1) = y
        for (i in from until until) {
            val k = at[i]
            val one = first[i]
            val two = second[i]
            y0[i] = (line[k] * one + line[k + 2] * two ushr 48).toInt()
            y1[i] = (line[k + 1] * one + line[k + 3] * two ushr 48).toInt()
        }
    }

    private fun addLuma(weights: RowWeights, pass: Int, from: Int, until: Int) {
        val line = luma.line
        val at = weights.at[pass]
        val first = weights.first[pass]
        val second = weights.second[pass]
        for (which in y.indices) {
            val y = y[which]
            for (i in from until until) {
                val k = at[i] + which
                y[i] += (line[k] * first[i] + line[k + 2] * second[i] ushr 48).toInt()
            }
        }
    }

    /** The two pixels of V are in the lower half of a word: their sum ends up in the second lane, that of U in the fourth. */
    private fun sumChroma(weights: RowWeights, from: Int, until: Int) {
        val line = chroma.line
        val at = weights.at[0]
        val first = weights.first[0]
        val second = weights.second[0]
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

    private fun addChroma(weights: RowWeights, pass: Int, from: Int, until: Int) {
        val line = chroma.line
        val at = weights.at[pass]
        val first = weights.first[pass]
        val second = weights.second[pass]
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
     * Puts one channel into its place in each word of [colors]: y + [ofU] * (u - 128) + [ofV] * (v - 128) for the part of a
     * pixel inside the picture, and the fill for the rest. The sums are scaled by [inside] * columnInside, so 128 is too.
     *
     * One loop for each channel: compilers vectorize that, but not a single loop for all three.
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
