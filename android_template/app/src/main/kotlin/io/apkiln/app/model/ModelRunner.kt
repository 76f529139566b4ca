package io.apkiln.app.model

import java.nio.ByteBuffer

/** Runs one model; used and closed by one thread. */
interface ModelRunner {
    /** The model's answer to [input], both direct and in native byte order. The same buffer each time: read it before the next call. */
    fun run(input: ByteBuffer): ByteBuffer

    fun close()
}
