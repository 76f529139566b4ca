package io.apkiln.app

import android.content.res.Resources
import io.apkiln.app.tuning.Acceleration
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.DelegateTuner
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.Trial

/** What the models run on, and what can't be used, for the screen; by model name if they differ. */
fun statusText(resources: Resources, states: Map<String, DelegateState>): String {
    val texts = states.mapValues { (_, state) -> stateText(resources, state) }
    return texts.values.distinct().singleOrNull()
        ?: texts.entries.joinToString("\n") { (name, text) -> resources.getString(R.string.trial, name, text) }
}

fun candidateText(resources: Resources, candidate: Candidate): String {
    val driver = driverText(resources, candidate)
    val variant = candidate.variant ?: return driver
    return resources.getString(R.string.delegate_with_variant, driver, variant.name.lowercase())
}

private fun driverText(resources: Resources, candidate: Candidate): String = when (candidate.processor) {
    Processor.CPU -> resources.getQuantityString(R.plurals.delegate_cpu, candidate.threads, candidate.threads)
    Processor.GPU -> resources.getString(R.string.delegate_gpu)
    Processor.GPU_32 -> resources.getString(R.string.delegate_gpu_32)
    Processor.NNAPI -> resources.getString(R.string.delegate_nnapi)
}

/** What the screen says while [candidate]'s driver does not come back. */
fun stuckText(resources: Resources, candidate: Candidate): String =
    resources.getString(R.string.status_stuck, candidateText(resources, candidate))

fun outcomeText(resources: Resources, outcome: Outcome): String = when (outcome) {
    is Outcome.Measured -> resources.getString(R.string.outcome_measured, outcome.medianMs)
    is Outcome.Differs -> resources.getString(R.string.outcome_differs, outcome.percent)
    is Outcome.Failed -> resources.getString(R.string.outcome_failed, outcome.why)
    Outcome.Zeros -> resources.getString(R.string.outcome_zeros)
    Outcome.NotNumbers -> resources.getString(R.string.outcome_not_numbers)
    Outcome.Unsupported -> resources.getString(R.string.outcome_unsupported)
    Outcome.Crashed -> resources.getString(R.string.outcome_crashed)
    Outcome.Hung -> resources.getString(R.string.outcome_hung)
}

fun causeText(resources: Resources, state: DelegateState): String = when (state.cause) {
    Cause.FASTEST -> resources.getQuantityString(R.plurals.cause_fastest, state.measured, state.measured)
    Cause.CHOSEN -> resources.getString(R.string.cause_chosen)
    Cause.FALLBACK -> resources.getString(R.string.cause_fallback)
}

/** Whether acceleration helps, and how much. */
fun accelerationText(resources: Resources, acceleration: Acceleration): String {
    val accelerated = candidateText(resources, acceleration.accelerated)
    val cpu = candidateText(resources, acceleration.cpu)
    val speedup = acceleration.speedup
    return when {
        speedup * DelegateTuner.CLEARLY_FASTER > 1 -> resources.getString(R.string.acceleration_faster, accelerated, speedup, cpu)
        speedup < DelegateTuner.CLEARLY_FASTER -> resources.getString(R.string.acceleration_slower, cpu, accelerated, 1 / speedup)
        else -> resources.getString(R.string.acceleration_equal, accelerated, cpu)
    }
}

/** What one model runs on, and what can't be used. */
fun stateText(resources: Resources, state: DelegateState): String {
    val running = candidateText(resources, state.candidate)
    val dropped = state.dropped.filter { it.candidate.isAccelerated && it.candidate.processor != state.candidate.processor }
    if (dropped.isEmpty()) return running
    return resources.getString(R.string.delegate_without, running, dropped.joinToString(" · ") { trialText(resources, it) })
}

fun trialText(resources: Resources, trial: Trial): String =
    resources.getString(R.string.trial, candidateText(resources, trial.candidate), outcomeText(resources, trial.outcome))
