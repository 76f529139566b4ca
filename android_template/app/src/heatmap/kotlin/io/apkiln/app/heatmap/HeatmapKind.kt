package io.apkiln.app.heatmap

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.overlay.Follower
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.drawPoints
import io.apkiln.app.task.PictureKind

/** Points by the peaks of their heatmaps, such as the joints of a body or a hand; an animation follows the first one. */
object HeatmapKind : PictureKind<PointsAnswer> {
    override fun animation(contract: ModelContract) = Follower.ANIMATION

    override fun decoder(contract: ModelContract) = PointsDecoder(contract, framed = false, animated = true)

    override fun draw(answer: PointsAnswer, overlay: Overlay) = overlay.drawPoints(answer)
}
