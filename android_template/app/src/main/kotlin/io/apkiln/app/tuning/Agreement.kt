package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.OutputContract
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import kotlin.math.abs

/**
 * How far an output of a model is from that of the CPU: the largest difference as a share of the output's range. [contract] is
 * the file that the CPU ran; other files of the model may hold their outputs in other types.
 *
 * The range is that of the CPU's values, at least a tenth of the largest one, and 1 for probabilities.
 */
class Agreement(private val contract: ModelContract) {
    private val exact = FloatArray(contract.output.shape.reduce(Int::times))
    private var range = 1f

    /** Takes the output of the CPU. */
    fun setExact(answer: ByteBuffer) {
        val values = TensorElements(contract.output)
        for (index in exact.indices) exact[index] = values.read(answer, index)
        if (!contract.output.isProbability) {
            range = maxOf(exact.max() - exact.min(), exact.maxOf { abs(it) } * SMALLEST_SHARE, SMALLEST_RANGE)
        }
    }

    /** What is wrong with the [answer] of a [file]; null if it agrees. */
    fun judge(answer: ByteBuffer, file: ModelContract = contract): Outcome? {
        val difference = difference(answer, file)
        val values = TensorElements(file.output)
        return when {
            !difference.isFinite() -> Outcome.NotNumbers
            difference <= TOLERANCE -> null
            exact.indices.all { values.read(answer, it) == 0f } -> Outcome.Zeros
            else -> Outcome.Differs((PERCENT * difference).toInt().coerceAtMost(MOST_PERCENT))
        }
    }

    /** The difference of the [answer] of a [file]; NaN if one of its values is not a number. */
    fun difference(answer: ByteBuffer, file: ModelContract = contract): Float {
        val values = TensorElements(file.output)
        var most = 0f
        for (index in exact.indices) {
            val apart = abs(values.read(answer, index) - exact[index])
            if (apart.isNaN()) return Float.NaN
            most = maxOf(most, apart)
        }
        return most / range
    }

    companion object {
        /** GPUs compute in 16 bits: up to this share it is rounding, beyond it the output is wrong. */
        const val TOLERANCE = 0.05f
        private const val PERCENT = 100
        private const val MOST_PERCENT = 999
        private const val SMALLEST_SHARE = 0.1f
        private const val SMALLEST_RANGE = 1e-6f

        private val OutputContract.isProbability get() = decoder is Decoder.Classes || decoder is Decoder.Window
    }
}
