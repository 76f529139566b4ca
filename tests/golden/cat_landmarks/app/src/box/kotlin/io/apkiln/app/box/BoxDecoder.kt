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
    private val threshold = if (contract.threshold > 0) contract.threshold else MIN_CONFIDENCE

    init {
        check(answer.count == 2) { "${contract.file}: a box has 2 corners, not ${answer.count}" }
    }

    override fun decode(output: ByteBuffer): PointsAnswer {
        corners.decode(output, answer)
        answer.found = answer.meanConfidence() >= threshold
        return answer
    }

    companion object {
        /**
         * Geometric mean of both corners' confidence below which no box is shown and no landmarks are looked for, where
         * the model itself says nothing.
         */
        const val MIN_CONFIDENCE = 0.3f
    }
}
