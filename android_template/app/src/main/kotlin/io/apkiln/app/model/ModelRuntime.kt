package io.apkiln.app.model

import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.nio.ByteBuffer

/** A library that computes models: what it can use besides the CPU, and how it starts. */
interface ModelRuntime {
    val name: String

    /** Whether the library was built without a GPU, whatever the phone has. */
    val isWithoutGpu: Boolean get() = false

    /** What may be tried on a phone with Android API level [sdk]; the CPU always is. */
    fun accelerators(sdk: Int): List<Processor>

    /**
     * A runner of [model] the way that [candidate] says. Throws [io.apkiln.app.tuning.UnsupportedProcessor] where the
     * phone has no such thing, and what the library throws where it fails.
     */
    fun start(model: ByteBuffer, contract: ModelContract, candidate: Candidate): ModelRunner
}
