package io.apkiln.app.window

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorReader
import java.nio.ByteBuffer

/** "abnormal": (1, 1), p(Abnormal). */
class WindowDecoder(contract: ModelContract) : TaskDecoder<Float> {
    private val values = TensorReader(contract.output)

    init {
        val count = contract.output.shape.reduce(Int::times)
        check(count == 1) { "${contract.file}: the output has $count values, p(Abnormal) is one" }
    }

    override fun decode(output: ByteBuffer): Float = values.value(output, 0)
}
