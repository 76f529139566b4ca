package io.apkiln.app.box

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.model.PointsDecoder
import io.apkiln.app.task.PictureKind

/** Where something is: two corners. The screen draws a box for every kind, so there is nothing else to draw. */
object BoxKind : PictureKind<PointsAnswer> {
    override fun decoder(contract: ModelContract): PointsDecoder {
        val count = contract.output.labels.size
        check(count == 2) { "${contract.file}: a box has 2 corners, not $count" }
        return PointsDecoder(contract)
    }
}
