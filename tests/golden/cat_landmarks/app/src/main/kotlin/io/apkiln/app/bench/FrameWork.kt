package io.apkiln.app.bench

import java.nio.ByteBuffer

/** What an app does with a frame, or with a sample: makes the model's input, runs it, decodes the answer. */
interface FrameWork {
    /** In words: what comes in. */
    val what: String

    /** An input for the model alone. */
    val input: ByteBuffer

    /** One frame's whole way through the app. */
    fun frame()
}
