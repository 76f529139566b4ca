package io.apkiln.app.mean_colour

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer

/** (1, 3): mean red, green and blue, from 0 to 1. */
class MeanColourDecoder(contract: ModelContract) : TaskDecoder<MeanColourAnswer> {
    private val values = TensorElements(contract.output)

    init {
        val count = contract.output.shape.reduce(Int::times)
        check(count == 3) { "${contract.file}: the output has $count values, a colour has 3" }
    }

    override fun newAnswer() = MeanColourAnswer()

    override fun decode(outputs: List<ByteBuffer>, answer: MeanColourAnswer) {
        for (k in answer.rgb.indices) answer.rgb[k] = values.read(outputs[0], k)
    }
}
