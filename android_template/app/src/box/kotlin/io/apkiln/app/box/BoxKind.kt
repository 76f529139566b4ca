package io.apkiln.app.box

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.task.PictureKind

/** Where something is. The screen frames it for every kind, so there is nothing else to draw. */
object BoxKind : PictureKind<PointsAnswer> {
    override fun decoder(contract: ModelContract) = BoxDecoder(contract)
}
