package io.apkiln.app.box

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** The two corners of a box; found when the model is sure enough of both. */
class BoxDecoder(contract: ModelContract) : TaskDecoder {
    private val corners = PointsDecoder(contract)
    private val answer = Answer(contract.labels.size)

    init {
        check(answer.count == 2) { "${contract.file}: a box has 2 corners, not ${answer.count}" }
    }

    override fun decode(output: ByteBuffer, region: Region): Answer {
        corners.decode(output, answer)
        answer.place(region)
        answer.found = answer.meanConfidence() >= MIN_CONFIDENCE
        return answer
    }

    companion object {
        /** Geometric mean of both corners' confidence below which no box is shown and no landmarks are looked for. */
        const val MIN_CONFIDENCE = 0.3f
    }
}
