package io.apkiln.app.bench

import java.nio.ByteBuffer

/** What an app does with a frame or a sample: makes the model's input, runs the model, decodes the output. */
interface FrameWork {
    /** The frame or sample in words. */
    val what: String

    /** An input for the model alone. */
    val input: ByteBuffer

    /** Processes one frame or sample as a whole. */
    fun frame()
}
