package io.apkiln.app.classify

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.ModelContract
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.percent
import io.apkiln.app.task.PictureKind

/** What a picture shows, out of a list of classes. */
object ClassifyKind : PictureKind<ClassAnswer> {
    override fun decoder(contract: ModelContract) = ClassifyDecoder(contract)

    override fun draw(answer: ClassAnswer, overlay: Overlay) = ClassBars(overlay).draw(answer)

    override fun words(answer: ClassAnswer, resources: Resources): String =
        if (answer.found) answer.first.words(resources) else resources.getString(R.string.class_unsure)
}

internal fun Likelihood.words(resources: Resources): String =
    resources.getString(R.string.class_probability, label, percent(probability))
