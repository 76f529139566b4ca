package io.apkiln.app.task

import android.content.res.Resources
import io.apkiln.app.model.Answer
import io.apkiln.app.overlay.Overlay

/** An answer together with its kind, which knows how to show it. */
class VisibleAnswer<A : Answer>(val kind: PictureKind<A>, val answer: A) {
    fun draw(overlay: Overlay) = kind.draw(answer, overlay)

    fun words(resources: Resources): String? = kind.words(answer, resources)
}
