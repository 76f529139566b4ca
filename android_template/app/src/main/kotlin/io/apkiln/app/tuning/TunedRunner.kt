package io.apkiln.app.tuning

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import java.nio.ByteBuffer

/** What a model may run on: an automatic choice among [candidates], or [choice]; [cpu] if that does not work. */
class TuningPlan(val candidates: List<Candidate>, val choice: Candidate?, val cpu: Candidate)

/**
 * Runs a model on the fastest candidate of this phone, or on the chosen one, and falls back to the CPU if that fails.
 *
 * Everything starts with the first input, on its thread: a GPU delegate must run on the thread that started it, and only a
 * real input shows whether its output is right. A remembered candidate is compared with the CPU again.
 */
class TunedRunner(
    val contract: ModelContract,
    private val plan: TuningPlan,
    private val memory: TuningMemory,
    private val drivers: Drivers,
    private val listener: TuningListener,
    private val nanoTime: () -> Long = System::nanoTime,
) : ModelRunner {
    private val tuner = DelegateTuner(contract, drivers, listener, nanoTime)
    private var engine: ModelRunner? = null

    /** How long the runs took, except those for tuning. */
    val times = RunTimes()

    /** What the model runs on; null before the first input. */
    var state: DelegateState? = null
        private set

    /** Time from the start to the first output, in milliseconds. */
    var startMs = 0.0
        private set

    override fun run(input: ByteBuffer): ByteBuffer {
        val current = engine ?: decide(input)
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

    private fun decide(input: ByteBuffer): ModelRunner {
        val choice = plan.choice
        if (choice != null) {
            val started = tuner.verified(choice, plan.cpu, input)
            val kept = started.candidate.processor == choice.processor || started.candidate.processor == Processor.GPU_32
            return use(started, if (kept) Cause.CHOSEN else Cause.FALLBACK)
        }
        return recalled(input) ?: measured(input)
    }

    /** The candidate that an earlier start found fastest, if it still works. */
    private fun recalled(input: ByteBuffer): ModelRunner? {
        val tuning = memory.recall() ?: return null
        if (tuning.winner !in plan.candidates && tuning.winner.processor != Processor.GPU_32) return null
        val started = tuner.verified(tuning.winner, plan.cpu, input)
        if (started.candidate == tuning.winner) {
            return use(Started(started.runner, started.candidate, started.startMs, tuning.trials), Cause.FASTEST)
        }
        drivers.close(started.candidate, started.runner)
        return null
    }

    private fun measured(input: ByteBuffer): ModelRunner {
        val started = tuner.fastest(plan.candidates, input) { memory.remember(Tuning(it.candidate, it.trials)) }
        return use(started, Cause.FASTEST)
    }

    private fun use(started: Started, cause: Cause): ModelRunner {
        state = DelegateState(started.candidate, cause, started.trials)
        startMs = started.startMs
        return started.runner.also { engine = it }
    }

    /** Falls back to the CPU after [error]; throws it if the model ran on the CPU already. */
    private fun goOnWithout(error: RuntimeException, input: ByteBuffer): ModelRunner {
        val lost = checkNotNull(state)
        if (!lost.candidate.isAccelerated) throw error
        val failed = Trial(lost.candidate, Outcome.Failed(firstLine(error)))
        listener.onDropped(failed, error)
        close()
        val cpu = fastestCpu(lost.trials) ?: plan.cpu
        val others = lost.trials.filter { it.candidate != lost.candidate }
        return use(tuner.onCpu(cpu, input, others + failed), Cause.FALLBACK)
    }

    private fun fastestCpu(trials: List<Trial>): Candidate? =
        trials.filter { it.candidate.processor == Processor.CPU && it.outcome is Outcome.Measured }
            .minByOrNull { (it.outcome as Outcome.Measured).medianMs }?.candidate
}
