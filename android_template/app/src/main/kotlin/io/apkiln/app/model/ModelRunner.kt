package io.apkiln.app.model

import java.nio.ByteBuffer

/** Runs one model; used and closed by one thread. */
interface ModelRunner {
    /** The output for [input], both direct and in native byte order. Always the same buffer: read it before the next call. */
    fun run(input: ByteBuffer): ByteBuffer

    fun close()
}
