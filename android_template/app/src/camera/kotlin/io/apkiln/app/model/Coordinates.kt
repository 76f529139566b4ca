package io.apkiln.app.model

import java.nio.ByteBuffer

/** Reads the points of a [Decoder.Coordinates], and how surely they are there. */
internal class Coordinates(private val decoder: Decoder.Coordinates, contract: ModelContract) {
    private val values = TensorElements(contract.output)
    private val presence = if (decoder.presence == Presence.NONE) null else presenceOf(contract)
    private val width = if (decoder.unit == CoordinateUnit.PIXEL) contract.input.shape[2].toFloat() else 1f
    private val height = if (decoder.unit == CoordinateUnit.PIXEL) contract.input.shape[1].toFloat() else 1f
    val count = contract.output.shape.reduce(Int::times) / decoder.numbers

    init {
        val elements = contract.output.shape.reduce(Int::times)
        check(decoder.numbers >= 2 && count > 0 && elements == count * decoder.numbers) {
            "${contract.file}: $elements numbers are no points of ${decoder.numbers} each"
        }
    }

    fun read(outputs: List<ByteBuffer>, answer: PointsAnswer) {
        val sure = presence?.read(outputs[1], 0) ?: 1f
        answer.confidence.fill(if (decoder.presence == Presence.LOGIT) sigmoid(sure) else sure)
        for (k in 0 until count) {
            answer.points[2 * k] = values.read(outputs[0], decoder.numbers * k) / width
            answer.points[2 * k + 1] = values.read(outputs[0], decoder.numbers * k + 1) / height
        }
    }

    private fun presenceOf(contract: ModelContract): TensorElements {
        check(contract.outputs.size > 1) { "${contract.file} has no output that says whether something is there" }
        return TensorElements(contract.outputs[1])
    }
}
