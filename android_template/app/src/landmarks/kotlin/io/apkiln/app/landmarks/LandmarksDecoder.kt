package io.apkiln.app.landmarks

import io.apkiln.app.frames.Region
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** Named points; the box model before it has decided that there is something to find. */
class LandmarksDecoder(contract: ModelContract) : TaskDecoder {
    private val points = PointsDecoder(contract)
    private val answer = Answer(contract.labels.size).apply { found = true }

    override fun decode(output: ByteBuffer, region: Region): Answer {
        points.decode(output, answer)
        answer.place(region)
        return answer
    }
}
