package io.apkiln.app.classify

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import kotlin.math.exp

/** [Decoder.Classes]: the probability of each of C classes, p = exp(l - max l) / Σ exp(l - max l) where the output has logits l. */
class ClassifyDecoder(contract: ModelContract) : TaskDecoder<ClassAnswer> {
    private val decoder = contract.decoder<Decoder.Classes>()
    private val values = TensorElements(contract.output)
    private val labels = contract.labels

    init {
        val count = contract.output.shape.reduce(Int::times)
        check(count == labels.size) { "${contract.file}: the output has $count classes, ${labels.size} have names" }
    }

    override fun newAnswer() = ClassAnswer(labels)

    override fun decode(outputs: List<ByteBuffer>, answer: ClassAnswer) {
        val probability = answer.probability
        for (k in probability.indices) probability[k] = values.read(outputs[0], k)
        if (decoder.logits) takeSoftmax(probability)
        answer.rank()
        answer.found = answer.meanConfidence() >= decoder.threshold
    }

    private fun takeSoftmax(values: FloatArray) {
        var highest = values[0]
        for (k in 1 until values.size) highest = maxOf(highest, values[k])
        var sum = 0.0
        for (k in values.indices) {
            values[k] = exp(values[k] - highest)
            sum += values[k]
        }
        for (k in values.indices) values[k] = (values[k] / sum).toFloat()
    }
}
