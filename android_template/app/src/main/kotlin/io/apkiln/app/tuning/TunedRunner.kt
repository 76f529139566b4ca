package io.apkiln.app.tuning

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelInput
import io.apkiln.app.model.ModelRunner
import java.nio.ByteBuffer

/** What models may run on: an automatic choice among [candidates], or [choice]; [cpu] if that does not work. */
class TuningPlan(val candidates: List<Candidate>, val choice: Candidate?, val cpu: Candidate)

/**
 * Runs a model by the fastest pair of file and candidate of this phone, or on the chosen candidate, and falls back to the CPU
 * if that fails.
 *
 * Everything starts with the first input, on its thread: a GPU delegate must run on the thread that started it, and only a
 * real input shows whether its output is right. A remembered candidate is compared with the CPU again.
 */
class TunedRunner(
    private val variants: Variants,
    private val plan: TuningPlan,
    private val memory: TuningMemory,
    private val drivers: Drivers,
    private val listener: TuningListener,
    private val nanoTime: () -> Long = System::nanoTime,
) : ModelRunner {
    private val tuner = DelegateTuner(variants, drivers, listener, nanoTime)
    private var engine: ModelRunner? = null

    /** How long the runs took, except those for tuning. */
    val times = RunTimes()

    /** What the model runs on; null before the first input. */
    var state: DelegateState? = null
        private set

    /** Time from the start to the first output, in milliseconds. */
    var startMs = 0.0
        private set

    /** The file that runs; before the first input the one that gives the model its name. */
    val contract: ModelContract get() = state?.let { variants.of(it.candidate) } ?: variants.first

    override fun variant(input: ModelInput): ModelContract {
        if (engine == null) decide(input)
        return contract
    }

    /** Runs the file that [variant] names; the only one may run without being asked for. */
    override fun run(input: ByteBuffer): List<ByteBuffer> {
        val current = engine ?: decide { only(input) }
        val before = nanoTime()
        val answer = try {
            drivers.using(checkNotNull(state).candidate) { current.run(input) }
        } catch (error: RuntimeException) { // a GPU can lose its context at any time
            goOnWithout(error, input).run(input)
        }
        times.add(nanoTime() - before)
        return answer
    }

    override fun close() {
        val open = engine ?: return
        engine = null
        drivers.close(checkNotNull(state).candidate, open)
    }

    private fun only(input: ByteBuffer): ByteBuffer {
        check(variants.files.size == 1) { "${contract.file} is one of several files: ask for the variant first" }
        return input
    }

    private fun decide(input: ModelInput): ModelRunner {
        val choice = plan.choice
        if (choice != null) {
            val started = tuner.verified(variants.usual(choice), variants.usual(plan.cpu), input)
            val kept = started.candidate.processor == choice.processor || started.candidate.processor == Processor.GPU_32
            return use(started, if (kept) Cause.CHOSEN else Cause.FALLBACK)
        }
        return recalled(input) ?: measured(input)
    }

    /** The candidate that an earlier start found fastest, if it still works. */
    private fun recalled(input: ModelInput): ModelRunner? {
        val tuning = memory.recall() ?: return null
        if (tuning.winner.driver !in plan.candidates && tuning.winner.processor != Processor.GPU_32) return null
        val started = tuner.verified(tuning.winner, variants.usual(plan.cpu), input)
        if (started.candidate == tuning.winner) {
            return use(Started(started.runner, started.candidate, started.startMs, tuning.trials), Cause.FASTEST)
        }
        drivers.close(started.candidate, started.runner)
        return null
    }

    private fun measured(input: ModelInput): ModelRunner {
        val started = tuner.fastest(plan.candidates, input) { memory.remember(Tuning(it.candidate, it.trials)) }
        return use(started, Cause.FASTEST)
    }

    private fun use(started: Started, cause: Cause): ModelRunner {
        state = DelegateState(started.candidate, cause, started.trials)
        startMs = started.startMs
        return started.runner.also { engine = it }
    }

    /** Falls back to the CPU after [error], with the same file: [input] is for that. Throws [error] if it was the CPU already. */
    private fun goOnWithout(error: RuntimeException, input: ByteBuffer): ModelRunner {
        val lost = checkNotNull(state)
        if (!lost.candidate.isAccelerated) throw error
        val failed = Trial(lost.candidate, Outcome.Failed(shortReason(error)))
        listener.onDropped(failed, error)
        close()
        val cpu = fastestCpu(lost) ?: plan.cpu.copy(variant = lost.candidate.variant)
        val others = lost.trials.filter { it.candidate != lost.candidate }
        return use(tuner.onCpu(cpu, input, others + failed), Cause.FALLBACK)
    }

    private fun fastestCpu(lost: DelegateState): Candidate? =
        lost.trials.filter { !it.candidate.isAccelerated && it.candidate.variant == lost.candidate.variant }
            .filter { it.outcome is Outcome.Measured }
            .minByOrNull { (it.outcome as Outcome.Measured).medianMs }?.candidate
}
