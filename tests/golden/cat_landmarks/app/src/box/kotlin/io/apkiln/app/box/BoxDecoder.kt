package io.apkiln.app.box

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer
import kotlin.math.sqrt

/** A box from its two corners; found when the model is sure enough of both. */
class BoxDecoder(contract: ModelContract) : TaskDecoder {
    private val corners = PointsDecoder(contract)
    private val answer = Answer(contract.points.size).apply { hasBox = true }

    init {
        check(answer.count == 2) { "${contract.file}: a box has 2 corners, not ${answer.count}" }
    }

    override fun decode(output: ByteBuffer, region: Region): Answer {
        corners.decode(output, answer)
        answer.place(region)
        val (x0, y0, x1, y1) = answer.points
        answer.box[0] = minOf(x0, x1)
        answer.box[1] = minOf(y0, y1)
        answer.box[2] = maxOf(x0, x1)
        answer.box[3] = maxOf(y0, y1)
        answer.boxConfidence = sqrt(answer.confidence[0] * answer.confidence[1])
        answer.found = answer.boxConfidence >= MIN_CONFIDENCE
        return answer
    }

    companion object {
        /** Geometric mean of both corners' confidence below which no box is shown and no landmarks are looked for. */
        const val MIN_CONFIDENCE = 0.3f
    }
}
