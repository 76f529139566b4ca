package io.apkiln.app.frames

import kotlin.math.floor

/**
 * One axis of a crop: which picture pixels make up each of [size] output pixels, and their weights.
 *
 * Output pixel i is the mean of n samples at start + (i + (a + 0.5) / n) * side / size, each linear between the two
 * nearest pixel centres. Picture and samples are axis-parallel, so the weights of rows and columns multiply.
 */
internal class SampleAxis(size: Int) {
    private val size = size

    /** Entries of output pixel i: [first] of i until [first] of i + 1. */
    val first = IntArray(size + 1)
    val weight = FloatArray(size * 2 * MAX_TAPS)

    /** Where an entry's pixel lies in the planes, this axis's part; [OUTSIDE] beyond the picture's edge. */
    val luma = IntArray(size * 2 * MAX_TAPS)
    val chroma = IntArray(size * 2 * MAX_TAPS)

    /**
     * Lays the axis over [length] picture pixels; [reversed] where they lie backwards in the planes.
     */
    fun lay(start: Double, side: Double, length: Int, reversed: Boolean, lumaStride: Int, chromaStride: Int) {
        val taps = floor(side / size + 0.5).toInt().coerceIn(1, MAX_TAPS)
        val share = 1.0 / taps
        var next = 0
        for (i in 0 until size) {
            first[i] = next
            var last = NONE
            for (a in 0 until taps) {
                val position = start + (i + (a + 0.5) * share) * side / size - 0.5
                val pixel = floor(position).toInt()
                val fraction = position - pixel
                for (k in 0..1) {
                    val part = ((if (k == 0) 1 - fraction else fraction) * share).toFloat()
                    if (pixel + k == last) {
                        weight[next - 1] += part
                        continue
                    }
                    if (pixel + k == last - 1) {
                        weight[next - 2] += part
                        continue
                    }
                    last = pixel + k
                    weight[next] = part
                    val inside = last in 0 until length
                    val place = if (reversed) length - 1 - last else last
                    luma[next] = if (inside) place * lumaStride else OUTSIDE
                    chroma[next] = if (inside) place / 2 * chromaStride else OUTSIDE
                    next++
                }
            }
        }
        first[size] = next
    }

    companion object {
        const val OUTSIDE = -1
        const val MAX_TAPS = 3
        private const val NONE = Int.MIN_VALUE
    }
}
