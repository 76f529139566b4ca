package io.apkiln.app.model

/** What computes a model and, where that is the CPU although a GPU was asked for, why. */
sealed interface DelegateState {
    data object Cpu : DelegateState

    data object Gpu : DelegateState

    data object GpuUnsupported : DelegateState

    /** The GPU delegate did not start, or failed later; [why] is in its own words. */
    data class GpuFailed(val why: String) : DelegateState

    /** The GPU's answer to the first frame differs from the CPU's by [percent] of its range. */
    data class GpuDiffers(val percent: Int) : DelegateState

    /** Both are right, the CPU is faster. */
    data class GpuSlower(val gpuMs: Double, val cpuMs: Double) : DelegateState
}
