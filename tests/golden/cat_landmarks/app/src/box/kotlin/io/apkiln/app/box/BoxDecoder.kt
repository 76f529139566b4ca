package io.apkiln.app.box

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** The two corners of a box; found when the model is sure enough of both. */
class BoxDecoder(contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val corners = PointsDecoder(contract)
    private val answer = PointsAnswer(contract.labels.size)
    private val threshold = contract.threshold

    init {
        check(answer.count == 2) { "${contract.file}: a box has 2 corners, not ${answer.count}" }
    }

    override fun decode(output: ByteBuffer): PointsAnswer {
        corners.decode(output, answer)
        answer.found = answer.meanConfidence() >= threshold
        return answer
    }
}
