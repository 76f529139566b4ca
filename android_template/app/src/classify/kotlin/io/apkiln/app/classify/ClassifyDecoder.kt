package io.apkiln.app.classify

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorReader
import java.nio.ByteBuffer

/** "probabilities": (1, C), the softmax over the classes. */
class ClassifyDecoder(private val contract: ModelContract) : TaskDecoder<ClassAnswer> {
    private val values = TensorReader(contract.output)

    init {
        val count = contract.output.shape.last()
        check(count == contract.labels.size) {
            "${contract.file}: the output has $count classes, ${contract.labels.size} have names"
        }
    }

    override fun newAnswer() = ClassAnswer(contract.labels)

    override fun decode(output: ByteBuffer, answer: ClassAnswer) {
        for (k in answer.probability.indices) answer.probability[k] = values.value(output, k)
        answer.found = answer.meanConfidence() >= contract.threshold
    }
}
