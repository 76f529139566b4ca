package io.apkiln.app.landmarks

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.model.TaskDecoder
import java.nio.ByteBuffer

/** Named points; the box model before it has decided that there is something to find. */
class LandmarksDecoder(contract: ModelContract) : TaskDecoder<PointsAnswer> {
    private val points = PointsDecoder(contract)
    private val answer = PointsAnswer(contract.labels.size)

    override fun decode(output: ByteBuffer): PointsAnswer {
        points.decode(output, answer)
        return answer
    }
}
