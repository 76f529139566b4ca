package io.apkiln.app.raw

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** Takes any outputs as they are. */
class RawDecoder(private val contract: ModelContract) : TaskDecoder<RawAnswer> {
    override fun newAnswer() = RawAnswer(contract.outputs)

    override fun decode(outputs: List<ByteBuffer>, answer: RawAnswer) {
        for (index in answer.outputs.indices) answer.outputs[index].read(outputs[index])
    }
}
