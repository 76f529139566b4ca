package io.apkiln.app.window

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer

/** [Decoder.Window]: (1, 1), p(Abnormal) of one window after another. */
class WindowDecoder(contract: ModelContract) : TaskDecoder<WindowAnswer> {
    private val values = TensorElements(contract.output)
    private val alarm = contract.decoder<Decoder.Window>().run { AlarmPolicy(threshold, hold) }

    init {
        val count = contract.output.shape.reduce(Int::times)
        check(count == 1) { "${contract.file}: the output has $count values, p(Abnormal) is one" }
    }

    override fun newAnswer() = WindowAnswer()

    override fun decode(outputs: List<ByteBuffer>, answer: WindowAnswer) {
        answer.probability = values.read(outputs[0], 0)
        answer.alarm = alarm.update(answer.probability)
    }

    override fun clear() = alarm.clear()
}
