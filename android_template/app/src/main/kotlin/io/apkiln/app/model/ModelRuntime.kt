package io.apkiln.app.model

import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.nio.ByteBuffer

/** A library that runs models, with the accelerators that it supports. */
interface ModelRuntime {
    val name: String

    /** Whether the library was built without a GPU delegate, whatever the phone has. */
    val isWithoutGpu: Boolean get() = false

    /** The accelerators to try on a phone with Android API level [sdk], besides the CPU. */
    fun accelerators(sdk: Int): List<Processor>

    /**
     * A runner of [model] on [candidate]. Throws [io.apkiln.app.tuning.UnsupportedProcessor] if the phone does not have that
     * processor, and whatever the library throws if it fails.
     */
    fun start(model: ByteBuffer, contract: ModelContract, candidate: Candidate): ModelRunner
}
