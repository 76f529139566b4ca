package io.apkiln.app.detect

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.task.PictureKind

/** Any number of objects, each with a box, a class and a score; the next model looks at the surest one. */
object DetectKind : PictureKind<ObjectsAnswer> {
    override fun decoder(contract: ModelContract): TaskDecoder<ObjectsAnswer> =
        if (contract.decoder is Decoder.Anchors) AnchorsDecoder(contract) else DetectionsDecoder(contract)

    override fun draw(answer: ObjectsAnswer, overlay: Overlay) = overlay.drawObjects(answer)

    /** How many there are of each class, the class of the surest first: "2 × cat, 1 × dog". */
    override fun words(answer: ObjectsAnswer, resources: Resources): String =
        (0 until answer.count).groupingBy { answer.classes[it] }.eachCount().entries
            .joinToString { (kind, count) -> resources.getString(R.string.object_count, count, answer.name(kind, resources)) }
}

/** What an object of class [kind] is called. */
internal fun ObjectsAnswer.name(kind: Int, resources: Resources): String = when {
    kind in labels.indices -> labels[kind]
    labels.isEmpty() && kind == 0 -> resources.getString(R.string.object_unnamed)
    else -> resources.getString(R.string.object_class, kind)
}
