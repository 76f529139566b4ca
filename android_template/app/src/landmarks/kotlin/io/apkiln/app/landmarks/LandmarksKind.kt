package io.apkiln.app.landmarks

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.drawPoints
import io.apkiln.app.task.PictureKind

/** Named points of something that is there: the box model before it has decided that. */
object LandmarksKind : PictureKind<PointsAnswer> {
    override fun decoder(contract: ModelContract) = PointsDecoder(contract)

    override fun draw(answer: PointsAnswer, overlay: Overlay) = overlay.drawPoints(answer)
}
