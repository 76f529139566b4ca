package io.apkiln.app.model

import java.nio.ByteBuffer

/** One input of a model, in the form that any of the model's files takes. */
fun interface ModelInput {
    /** The input tensor for the file of [contract]: direct, in native byte order, valid until the next call for that file. */
    fun tensor(contract: ModelContract): ByteBuffer
}
