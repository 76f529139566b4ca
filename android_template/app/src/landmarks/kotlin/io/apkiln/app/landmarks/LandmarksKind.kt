package io.apkiln.app.landmarks

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.overlay.Follower
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.drawPoints
import io.apkiln.app.task.PictureKind

/**
 * Named points of something that is there: the model before it has decided that, or its own output does. Where the answer is about some
 * of them alone, an animation follows the first of those.
 */
object LandmarksKind : PictureKind<PointsAnswer> {
    override fun animation(contract: ModelContract) = if (contract.shown.isEmpty()) null else Follower.ANIMATION

    override fun decoder(contract: ModelContract) = PointsDecoder(contract)

    override fun draw(answer: PointsAnswer, overlay: Overlay) = overlay.drawPoints(answer)
}
