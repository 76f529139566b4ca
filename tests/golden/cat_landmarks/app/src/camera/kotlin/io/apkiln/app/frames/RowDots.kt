package io.apkiln.app.frames

/**
 * The weights along a row, as words to multiply a row's words by: one product sums up as many pixels as a word holds.
 *
 * A word is four lanes of 16 bits, with a pixel's byte in each. Where the weights lie in the opposite order, the product's
 * lanes hold sums of pixel times weight, as polynomials multiply, and no lane overflows, as all weights of an output pixel
 * make up no more than [SampleAxis.ONE]. An output pixel's places lie in two words, one after the other, or, where it
 * shrinks much, in more: each two are a pass. Words of two rows lie side by side: what a product needs is read once for both.
 *
 * @param shifts by how many bits the weight of a word's first, second … pixel is moved.
 */
internal class RowDots(private val size: Int, private val shifts: IntArray) {
    private val pixels = shifts.size

    /** Which words of the planes' rows are needed: [count] from [from] on, in whole groups of four pixels. */
    var from = 0
        private set
    var count = 0
        private set
    var passes = 0
        private set

    /** By pass and output pixel: the first of the two words' place, twice their distance from [from], and what they are multiplied by. */
    val at = Array(PASSES) { IntArray(size) }
    val first = Array(PASSES) { LongArray(size) }
    val second = Array(PASSES) { LongArray(size) }

    fun lay(taps: Taps) {
        from = if (taps.high < 0) 0 else taps.low / GROUP * (GROUP / pixels)
        count = if (taps.high < 0) 0 else (taps.high / GROUP + 1) * (GROUP / pixels) - from
        passes = 0
        for (pass in 0 until PASSES) {
            at[pass].fill(0)
            first[pass].fill(0)
            second[pass].fill(0)
        }
        for (i in 0 until size) layPixel(taps, i)
    }

    private fun layPixel(taps: Taps, i: Int) {
        var pass = -1
        for (tap in i * Taps.MOST until i * Taps.MOST + taps.count[i]) {
            val word = 2 * (taps.place[tap] / pixels - from)
            if (pass < 0 || word > at[pass][i] + 2) at[++pass][i] = word
            val weights = if (word == at[pass][i]) first[pass] else second[pass]
            weights[i] = weights[i] or (taps.weight[tap].toLong() shl shifts[taps.place[tap] % pixels])
        }
        passes = maxOf(passes, pass + 1)
    }

    private companion object {
        /** A sample lies between two pixels, whose words are neighbours. */
        const val PASSES = Taps.MOST / 2
        const val GROUP = 4
    }
}
