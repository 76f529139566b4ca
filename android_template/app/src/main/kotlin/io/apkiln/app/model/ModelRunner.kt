package io.apkiln.app.model

import java.nio.ByteBuffer

/** Runs one model; used and closed by one thread. */
interface ModelRunner {
    /** The file whose input [run] takes and whose outputs it gives, found out by a first [input]; null if there is but one. */
    fun variant(input: ModelInput): ModelContract? = null

    /**
     * The outputs for [input] in the order of the contract; all direct and in native byte order. Always the same list of the same
     * buffers: read them before the next call.
     */
    fun run(input: ByteBuffer): List<ByteBuffer>

    fun close()
}
