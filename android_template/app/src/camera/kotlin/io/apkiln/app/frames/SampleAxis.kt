package io.apkiln.app.frames

import kotlin.math.floor

/**
 * One axis of a crop: which pixels of the planes make up each of [size] output pixels, and their weights.
 *
 * Output pixel i is the mean of n samples at start + (i + (a + 0.5) / n) * side / size, each linear between the two
 * nearest pixel centres. Picture and samples are axis-parallel, so the weights of rows and columns multiply.
 */
internal class SampleAxis(private val size: Int) {
    val luma = Taps(size)
    val chroma = Taps(size)

    /** How much of output pixel i lies inside the picture, 0 to 1. */
    val inside = FloatArray(size)

    /** The output pixels that show some of the picture. */
    var from = 0
        private set
    var until = 0
        private set

    /** Lays the axis over [length] picture pixels; [reversed] where they lie backwards in the planes. */
    fun lay(start: Double, side: Double, length: Int, reversed: Boolean) {
        val samples = floor(side / size + 0.5).toInt().coerceIn(1, Taps.MOST / 2)
        luma.clear()
        chroma.clear()
        from = size
        until = 0
        for (i in 0 until size) {
            var sum = 0.0
            for (a in 0 until samples) {
                val position = start + (i + (a + 0.5) / samples) * side / size - 0.5
                val pixel = floor(position).toInt()
                val fraction = position - pixel
                sum += add(i, pixel, (1 - fraction) / samples, length, reversed)
                sum += add(i, pixel + 1, fraction / samples, length, reversed)
            }
            inside[i] = sum.toFloat()
            if (luma.count[i] > 0) {
                from = minOf(from, i)
                until = i + 1
            }
        }
    }

    /** What of the weight counts: none beyond the picture's edge. */
    private fun add(i: Int, pixel: Int, weight: Double, length: Int, reversed: Boolean): Double {
        if (pixel < 0 || pixel >= length) return 0.0
        val place = if (reversed) length - 1 - pixel else pixel
        luma.add(i, place, weight.toFloat())
        chroma.add(i, place / 2, weight.toFloat())
        return weight
    }
}

/** For each of [size] output pixels up to [MOST] places in a plane and their weights; those of pixel i begin at i * MOST. */
internal class Taps(size: Int) {
    val count = IntArray(size)
    val place = IntArray(size * MOST)
    val weight = FloatArray(size * MOST)

    /** The lowest and the highest place of all; none where [high] is below [low]. */
    var low = Int.MAX_VALUE
        private set
    var high = -1
        private set

    fun clear() {
        count.fill(0)
        low = Int.MAX_VALUE
        high = -1
    }

    /** Gives output pixel [i] more of what is at [at]. */
    fun add(i: Int, at: Int, more: Float) {
        val first = i * MOST
        for (tap in first until first + count[i]) {
            if (place[tap] == at) {
                weight[tap] += more
                return
            }
        }
        place[first + count[i]] = at
        weight[first + count[i]] = more
        count[i]++
        low = minOf(low, at)
        high = maxOf(high, at)
    }

    companion object {
        /** Three samples, each between two pixels. */
        const val MOST = 6
    }
}
