package io.apkiln.app.raw

import io.apkiln.app.model.OutputContract
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer

/**
 * What can be told of the values of output [tensor]: from [lowest] to [highest], how many lie in each of [bins] equal parts of that, and
 * the largest ones; 0 to 0 where there is none. Values that are not finite count in [strange] alone.
 */
class OutputFigures(val tensor: OutputContract) {
    private val elements = TensorElements(tensor)
    val size = tensor.shape.fold(1, Int::times)
    var lowest = 0f
        private set
    var highest = 0f
        private set
    var strange = 0
        private set
    val bins = IntArray(BINS)

    /** The indices of the largest values, the largest first, of equals the first; and those values. */
    val top = IntArray(minOf(TOP, size))
    val topValues = FloatArray(top.size)
    var topCount = 0
        private set

    /** Takes the values of [output]. */
    fun read(output: ByteBuffer) {
        lowest = Float.POSITIVE_INFINITY
        highest = Float.NEGATIVE_INFINITY
        strange = 0
        topCount = 0
        for (k in 0 until size) {
            val value = elements.read(output, k)
            if (!value.isFinite()) {
                strange++
                continue
            }
            lowest = minOf(lowest, value)
            highest = maxOf(highest, value)
            if (topCount < top.size || value > topValues[topCount - 1]) insert(value, k)
        }
        if (topCount == 0) {
            lowest = 0f
            highest = 0f
        }
        count(output)
    }

    private fun count(output: ByteBuffer) {
        bins.fill(0)
        val scale = if (highest > lowest) BINS / (highest.toDouble() - lowest) else 0.0
        for (k in 0 until size) {
            val value = elements.read(output, k)
            if (value.isFinite()) bins[((value - lowest) * scale).toInt().coerceAtMost(BINS - 1)]++
        }
    }

    private fun insert(value: Float, index: Int) {
        if (topCount < top.size) topCount++
        var place = topCount - 1
        while (place > 0 && topValues[place - 1] < value) {
            topValues[place] = topValues[place - 1]
            top[place] = top[place - 1]
            place--
        }
        topValues[place] = value
        top[place] = index
    }

    private companion object {
        const val BINS = 24
        const val TOP = 3
    }
}
