package io.apkiln.app.box

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** The two corners of a box; found if the model is confident enough of both. */
class BoxDecoder(private val contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val corners = PointsDecoder(contract)

    init {
        check(contract.labels.size == 2) { "${contract.file}: a box has 2 corners, not ${contract.labels.size}" }
    }

    override fun newAnswer() = corners.newAnswer()

    override fun decode(output: ByteBuffer, answer: PointsAnswer) {
        corners.decode(output, answer)
        answer.found = answer.meanConfidence() >= contract.threshold
    }
}
