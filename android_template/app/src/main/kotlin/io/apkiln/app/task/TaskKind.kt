package io.apkiln.app.task

import android.content.res.Resources
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder

/**
 * All the app needs to know about one kind of task, whose answers are of type [A].
 *
 * A kind is a package of its own with one object of this type, named after it: `box` has BoxKind. The rest of the app finds
 * it through ModelContracts alone.
 */
interface TaskKind<A> {
    /** Decodes the outputs of [contract]'s model. Throws IllegalStateException if they are not of this kind. */
    fun decoder(contract: ModelContract): TaskDecoder<A>

    /** [answer] in words, for the screen and for TalkBack; null if there is nothing to say beyond where it is. */
    fun words(answer: A, resources: Resources): String?
}
