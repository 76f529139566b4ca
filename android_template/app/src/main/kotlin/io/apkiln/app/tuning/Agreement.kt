package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer

/**
 * How far the outputs of a model are from those of the CPU: the largest difference of any of them, see [ElementDifference], or of
 * the objects that a detector's outputs mean, see [RowDifference]. [contract] is the file that the CPU ran; other files of the
 * model may hold their outputs in other types.
 */
class Agreement(private val contract: ModelContract) {
    private val exact = contract.outputs.map { FloatArray(it.shape.fold(1, Int::times)) }
    private val other = exact.map { FloatArray(it.size) }
    private val differences = differencesOf(contract)

    /** Takes the outputs of the CPU. */
    fun setExact(answer: List<ByteBuffer>) {
        read(answer, contract, exact)
        differences.forEach { it.setExact(exact) }
    }

    /** What is wrong with the [answer] of a [file]; null if it agrees. */
    fun judge(answer: List<ByteBuffer>, file: ModelContract = contract): Outcome? {
        val difference = difference(answer, file)
        return when {
            !difference.isFinite() -> Outcome.NotNumbers
            difference <= TOLERANCE -> null
            other.all { values -> values.all { it == 0f } } -> Outcome.Zeros
            else -> Outcome.Differs((PERCENT * difference).toInt().coerceAtMost(MOST_PERCENT))
        }
    }

    /** The difference of the [answer] of a [file]; NaN if one of its values is not a number. */
    fun difference(answer: List<ByteBuffer>, file: ModelContract = contract): Float {
        read(answer, file, other)
        return differences.maxOf { it.of(other) }
    }

    private fun read(answer: List<ByteBuffer>, file: ModelContract, into: List<FloatArray>) {
        for ((index, values) in into.withIndex()) {
            val elements = TensorElements(file.outputs[index])
            for (k in values.indices) values[k] = elements.read(answer[index], k)
        }
    }

    companion object {
        /** GPUs compute in 16 bits: up to this share it is rounding, beyond it the output is wrong. */
        const val TOLERANCE = 0.05f
        private const val PERCENT = 100
        private const val MOST_PERCENT = 999

        private fun differencesOf(contract: ModelContract): List<Difference> = when (val decoder = contract.decoder) {
            is Decoder.Detections -> listOf(RowDifference(decoder))
            else -> contract.outputs.indices.map { ElementDifference(it, decoder) }
        }
    }
}
