package io.apkiln.app.model

import java.nio.ByteBuffer

/** Runs one model; used and closed by one thread. */
interface ModelRunner {
    /** The file whose input [run] takes and whose output it gives, found out by a first [input]; null if there is but one. */
    fun variant(input: ModelInput): ModelContract? = null

    /** The output for [input], both direct and in native byte order. Always the same buffer: read it before the next call. */
    fun run(input: ByteBuffer): ByteBuffer

    fun close()
}
