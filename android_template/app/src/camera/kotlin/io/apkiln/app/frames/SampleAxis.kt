package io.apkiln.app.frames

import kotlin.math.floor

/**
 * One axis of a crop: which pixels of the planes make up each of [size] output pixels, [most] at most, and with which weights.
 *
 * Output pixel i is the mean of n samples at start + (i + (a + 0.5) / n) * side / size, each interpolated linearly between
 * the two nearest pixel centres. Samples are aligned with the picture, so the weights of rows and columns multiply. Weights
 * are integers, [ONE] meaning 1. What is rounded is the running sum of the weights, so that they sum to [ONE] exactly.
 */
internal class SampleAxis(most: Int) {
    val luma = PixelWeights(most)
    val chroma = PixelWeights(most)
    var size = 0
        private set

    /** How much of output pixel i lies inside the picture, 0 to [ONE]. */
    val inside = IntArray(most)

    /** The output pixels that show some of the picture. */
    var from = 0
        private set
    var until = 0
        private set

    /** The pixels of the picture that make up one output pixel, in order, with exact and with integer weights. */
    private val pixels = IntArray(PixelWeights.MOST)
    private val shares = DoubleArray(PixelWeights.MOST)
    private val weights = IntArray(PixelWeights.MOST)
    private var count = 0

    /** Places the axis over [length] pixels of the picture; [reversed] where the planes hold them in the opposite order. */
    fun update(size: Int, start: Double, side: Double, samples: Int, length: Int, reversed: Boolean) {
        this.size = size
        luma.clear()
        chroma.clear()
        from = size
        until = 0
        for (i in 0 until size) {
            count = 0
            for (a in 0 until samples) {
                val position = start + (i + (a + 0.5) / samples) * side / size - 0.5
                val pixel = floor(position).toInt()
                val fraction = position - pixel
                add(pixel, (1 - fraction) / samples, length)
                add(pixel + 1, fraction / samples, length)
            }
            inside[i] = round()
            for (n in 0 until count) {
                val k = if (reversed) count - 1 - n else n // a range that is chosen would be an object
                if (weights[k] == 0) continue
                val place = if (reversed) length - 1 - pixels[k] else pixels[k]
                luma.add(i, place, weights[k])
                chroma.add(i, place / 2, weights[k])
            }
            if (luma.count[i] > 0) {
                from = minOf(from, i)
                until = i + 1
            }
        }
    }

    /** Adds a pixel, in order; pixels outside the picture have no weight. */
    private fun add(pixel: Int, share: Double, length: Int) {
        if (pixel < 0 || pixel >= length) return
        for (known in maxOf(0, count - 2) until count) { // the two of the sample before
            if (pixels[known] == pixel) {
                shares[known] += share
                return
            }
        }
        pixels[count] = pixel
        shares[count] = share
        count++
    }

    /** Rounds [shares] to integer [weights]; returns their sum. */
    private fun round(): Int {
        var exact = 0.0
        var sum = 0
        for (k in 0 until count) {
            exact += shares[k]
            val rounded = floor(ONE * exact + 0.5).toInt()
            weights[k] = rounded - sum
            sum = rounded
        }
        return sum
    }

    companion object {
        /** A byte times all weights of an axis fits into 16 bits. */
        const val ONE = 256
    }
}

/**
 * For each output pixel up to [MOST] places along an axis of a plane, lowest first, and their weights. Those of output pixel
 * i begin at i * MOST; unused weights are 0.
 */
internal class PixelWeights(size: Int) {
    val count = IntArray(size)
    val place = IntArray(size * MOST)
    val weight = IntArray(size * MOST)

    /** The lowest and the highest place of all; none where [high] is below [low]. */
    var low = Int.MAX_VALUE
        private set
    var high = -1
        private set

    fun clear() {
        count.fill(0)
        weight.fill(0)
        low = Int.MAX_VALUE
        high = -1
    }

    /** Adds weight [more] of place [at] to output pixel [i]; places come in ascending order. */
    fun add(i: Int, at: Int, more: Int) {
        val next = i * MOST + count[i]
        if (count[i] > 0 && place[next - 1] == at) {
            weight[next - 1] += more
            return
        }
        place[next] = at
        weight[next] = more
        count[i]++
        low = minOf(low, at)
        high = maxOf(high, at)
    }

    companion object {
        /** Three samples, each between two pixels. */
        const val MOST = 6
    }
}
