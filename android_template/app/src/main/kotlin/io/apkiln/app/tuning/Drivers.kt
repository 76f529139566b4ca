package io.apkiln.app.tuning

import io.apkiln.app.model.ModelRunner
import java.util.concurrent.atomic.AtomicBoolean

/** Starts, tries and closes runners of one [model] under the marks of [memory], and watched, where a driver computes. */
class Drivers(
    private val model: String,
    private val memory: DriverMemory,
    private val kept: KeptRunners,
    private val watchdog: Watchdog,
    private val listener: TuningListener,
    private val makeRunner: (Candidate) -> ModelRunner,
) {
    private val open = ArrayList<Candidate>()

    /** Why [candidate] must not be tried; null if it may. */
    fun trouble(candidate: Candidate): Outcome? = if (candidate.isAccelerated) memory.trouble(candidate) else null

    fun start(candidate: Candidate): ModelRunner =
        (kept.take(model, candidate) ?: makeRunner(candidate)).also { open += candidate.driver }

    /** Runs [action], which must catch what it can: after anything that it throws the candidate counts as still being tried. */
    fun <T> trying(candidate: Candidate, action: () -> T): T = risky(candidate, Phase.TRYING, action)

    /** Closes a [runner] of [candidate], or keeps it where that would end the app. */
    fun close(candidate: Candidate, runner: ModelRunner) {
        open -= candidate.driver
        if (candidate.isAccelerated && memory.crashesAtClose(candidate)) return kept.keep(model, candidate, runner)
        risky(candidate, Phase.CLOSING) {
            try {
                runner.close()
            } catch (error: RuntimeException) { // drivers throw all kinds
                listener.onDropped(Trial(candidate, Outcome.Failed(shortReason(error))), error)
            }
        }
    }

    /** Runs [action] with what works; only a driver that does not come back is marked. */
    fun <T> using(candidate: Candidate, action: () -> T): T {
        if (!candidate.isAccelerated) return action()
        val stuck = AtomicBoolean(false)
        try {
            return watched(candidate, { stuck.set(true) }, action)
        } finally {
            if (stuck.get()) memory.mark(model, candidate, Phase.USING)
        }
    }

    private fun <T> risky(candidate: Candidate, phase: Phase, action: () -> T): T {
        if (!candidate.isAccelerated) return action()
        memory.mark(model, candidate, phase)
        val result = watched(candidate, {}, action)
        memory.mark(model, candidate, if (candidate.driver in open) Phase.USING else Phase.CLOSED)
        return result
    }

    private inline fun <T> watched(candidate: Candidate, crossinline onStuck: () -> Unit, action: () -> T): T {
        val watch = watchdog.watch {
            onStuck()
            memory.mark(model, candidate, Phase.STUCK)
            listener.onStuck(candidate)
        }
        return watch.use { action() }
    }
}
