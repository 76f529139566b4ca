package io.apkiln.app.classify

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer

/** [Decoder.Classes]: (1, C), the softmax over the classes. */
class ClassifyDecoder(contract: ModelContract) : TaskDecoder<ClassAnswer> {
    private val threshold = contract.decoder<Decoder.Classes>().threshold
    private val values = TensorElements(contract.output)
    private val labels = contract.output.labels

    init {
        val count = contract.output.shape.last()
        check(count == labels.size) { "${contract.file}: the output has $count classes, ${labels.size} have names" }
    }

    override fun newAnswer() = ClassAnswer(labels)

    override fun decode(output: ByteBuffer, answer: ClassAnswer) {
        for (k in answer.probability.indices) answer.probability[k] = values.read(output, k)
        answer.found = answer.meanConfidence() >= threshold
    }
}
