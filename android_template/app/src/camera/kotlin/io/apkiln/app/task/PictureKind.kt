package io.apkiln.app.task

import android.content.res.Resources
import io.apkiln.app.model.Answer
import io.apkiln.app.model.ModelContract
import io.apkiln.app.overlay.Overlay

/** A kind of task whose models look at pictures. */
interface PictureKind<A : Answer> : TaskKind<A> {
    /** A Lottie file in the assets, whose animation follows [Answer.anchor] of [contract]'s model; null: none does. */
    fun animation(contract: ModelContract): String? = null

    /** Draws [answer] over the picture. The box around what was found is drawn already. */
    fun draw(answer: A, overlay: Overlay) = Unit

    override fun words(answer: A, resources: Resources): String? = null
}
