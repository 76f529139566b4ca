package io.apkiln.app.frames

/**
 * The weights along a row, packed into words: one multiplication of two words weighs and sums all pixels of a word.
 *
 * A word has four lanes of 16 bits with one pixel each. With the weights in the opposite order, the lanes of the product
 * hold sums of pixel × weight, as in a product of polynomials. No lane overflows: the weights of an output pixel sum to at
 * most [SampleAxis.ONE]. The pixels of an output pixel lie in two neighbouring words, or in more where the picture shrinks
 * a lot; every two words are one pass. Words of two rows lie side by side, so that weights are read once for both.
 *
 * @param shifts by how many bits the weight of the first, second … pixel of a word is shifted.
 */
internal class RowWeights(most: Int, private val shifts: IntArray) {
    private val pixels = shifts.size

    /** The words of a row that are needed: [count] from [from] on, in whole groups of four pixels. */
    var from = 0
        private set
    var count = 0
        private set
    var passes = 0
        private set

    /** By pass and output pixel: the index of the first of two words, twice its distance from [from], and their weights. */
    val at = Array(PASSES) { IntArray(most) }
    val first = Array(PASSES) { LongArray(most) }
    val second = Array(PASSES) { LongArray(most) }

    /** Packs the weights of the [size] output pixels of [axis]. */
    fun update(axis: PixelWeights, size: Int) {
        from = if (axis.high < 0) 0 else axis.low / GROUP * (GROUP / pixels)
        count = if (axis.high < 0) 0 else (axis.high / GROUP + 1) * (GROUP / pixels) - from
        passes = 0
        for (pass in 0 until PASSES) {
            at[pass].fill(0)
            first[pass].fill(0)
            second[pass].fill(0)
        }
        for (i in 0 until size) updatePixel(axis, i)
    }

    private fun updatePixel(axis: PixelWeights, i: Int) {
        var pass = -1
        for (k in i * PixelWeights.MOST until i * PixelWeights.MOST + axis.count[i]) {
            val word = 2 * (axis.place[k] / pixels - from)
            if (pass < 0 || word > at[pass][i] + 2) at[++pass][i] = word
            val weights = if (word == at[pass][i]) first[pass] else second[pass]
            weights[i] = weights[i] or (axis.weight[k].toLong() shl shifts[axis.place[k] % pixels])
        }
        passes = maxOf(passes, pass + 1)
    }

    private companion object {
        /** A sample lies between two pixels, which are in the same word or in neighbouring ones. */
        const val PASSES = PixelWeights.MOST / 2
        const val GROUP = 4
    }
}
