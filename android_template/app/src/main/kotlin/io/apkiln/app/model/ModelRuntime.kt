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
     * Whether the library's own list has this phone's GPU; null if it has no list. It asks the GPU's driver. A list is as old
     * as its library, so this is no reason to leave a GPU out.
     */
    fun isGpuListed(): Boolean? = null

    /**
     * A runner of [model] on [candidate]; a GPU keeps its kernels in [kernels]. Throws
     * [io.apkiln.app.tuning.UnsupportedProcessor] if the phone does not have that processor, and whatever the library throws if
     * it fails.
     */
    fun start(model: ByteBuffer, contract: ModelContract, candidate: Candidate, kernels: KernelCache?): ModelRunner
}
