package io.apkiln.app

import android.content.res.Resources
import io.apkiln.app.model.DelegateState

/** One line on what computes the models, for the screen. */
fun statusText(resources: Resources, states: Collection<DelegateState>): String =
    states.joinToString(" · ") { delegateText(resources, it) }

private fun delegateText(resources: Resources, state: DelegateState): String = when (state) {
    DelegateState.Cpu -> resources.getString(R.string.delegate_cpu)
    DelegateState.Gpu -> resources.getString(R.string.delegate_gpu)
    DelegateState.GpuUnsupported -> resources.getString(R.string.delegate_gpu_unsupported)
    is DelegateState.GpuFailed -> resources.getString(R.string.delegate_gpu_failed, state.why)
    is DelegateState.GpuDiffers -> resources.getString(R.string.delegate_gpu_differs, state.percent)
    is DelegateState.GpuSlower -> resources.getString(R.string.delegate_gpu_slower, state.gpuMs, state.cpuMs)
}
