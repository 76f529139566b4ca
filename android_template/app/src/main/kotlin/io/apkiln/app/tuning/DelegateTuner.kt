package io.apkiln.app.tuning

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import java.nio.ByteBuffer

/** A working runner, and the [trials] that led to it; [startMs] is the time from its start to its first output. */
class Started(val runner: ModelRunner, val candidate: Candidate, val startMs: Double, val trials: List<Trial>)

/**
 * Finds the fastest candidate on this phone whose output agrees with that of the CPU.
 *
 * [start] makes a runner or throws; [onTrying] is called before each trial. A later candidate must be faster than an
 * earlier one by a twentieth, because those listed first need less power.
 */
class DelegateTuner(
    private val contract: ModelContract,
    private val memory: TuningMemory,
    private val start: (Candidate) -> ModelRunner,
    private val onTrying: (Candidate) -> Unit = {},
    private val nanoTime: () -> Long = System::nanoTime,
) {
    private val timing = Timing(nanoTime)

    /**
     * Tries [candidates], the first of which must be the CPU, on a real [input], and keeps the fastest one open.
     *
     * A GPU that rounds too much is tried again in 32 bits. Throws what the CPU throws.
     */
    fun fastest(candidates: List<Candidate>, input: ByteBuffer): Started {
        val agreement = exactBy(candidates.first(), input)
        val trials = ArrayList<Trial>()
        var best: Attempt? = null
        var bestMs = Double.MAX_VALUE
        for (attempt in candidates.asSequence().flatMap { attempts(it, agreement, input) }) {
            val ms = attempt.runner?.let { timed(attempt, it, input) }
            trials += Trial(attempt.candidate, attempt.outcome ?: Outcome.Measured(checkNotNull(ms)))
            if (ms == null) continue
            if (ms < bestMs * CLEARLY_FASTER) {
                best?.runner?.close()
                best = attempt
                bestMs = ms
            } else {
                attempt.runner?.close()
            }
        }
        val winner = checkNotNull(best) { "${contract.file}: not even the CPU runs it" }
        return Started(checkNotNull(winner.runner), winner.candidate, winner.startMs, trials)
    }

    /** A runner on [wanted] if it works and agrees with [cpu]; otherwise one on [cpu], and what was wrong. */
    fun verified(wanted: Candidate, cpu: Candidate, input: ByteBuffer): Started {
        if (wanted.processor == Processor.CPU) return onCpu(wanted, input, emptyList())
        val attempts = attempts(wanted, exactBy(cpu, input), input).toList()
        val dropped = attempts.mapNotNull { attempt -> attempt.outcome?.let { Trial(attempt.candidate, it) } }
        val last = attempts.last()
        val runner = last.runner ?: return onCpu(cpu, input, dropped)
        return Started(runner, last.candidate, last.startMs, dropped)
    }

    /** A runner on [cpu] after [trials]; throws if even that does not work. */
    fun onCpu(cpu: Candidate, input: ByteBuffer, trials: List<Trial>): Started {
        val before = nanoTime()
        val runner = start(cpu)
        closingOnError(runner) { runner.run(input) }
        return Started(runner, cpu, since(before), trials)
    }

    private fun exactBy(cpu: Candidate, input: ByteBuffer): Agreement {
        require(cpu.processor == Processor.CPU) { "${cpu.key} can't judge other candidates" }
        val agreement = Agreement(contract)
        val runner = start(cpu)
        closingOnError(runner) { agreement.setExact(runner.run(input)) }
        runner.close()
        return agreement
    }

    /** An attempt to start [candidate]: its [runner], or why it can't be used in [outcome]. */
    private class Attempt(val candidate: Candidate, var outcome: Outcome?, var runner: ModelRunner?, val startMs: Double)

    /** One attempt, and a second one in 32 bits if the first one rounded too much. */
    private fun attempts(candidate: Candidate, agreement: Agreement, input: ByteBuffer) = sequence {
        val first = attempt(candidate, agreement, input)
        yield(first)
        if (candidate.processor == Processor.GPU && first.outcome is Outcome.Differs) {
            yield(attempt(Candidate(Processor.GPU_32), agreement, input))
        }
    }

    private fun attempt(candidate: Candidate, agreement: Agreement, input: ByteBuffer): Attempt {
        if (memory.unfinished(candidate) >= MOST_CRASHES) return Attempt(candidate, Outcome.Crashed, null, 0.0)
        onTrying(candidate)
        val before = nanoTime()
        var runner: ModelRunner? = null
        val outcome = guarded(candidate) {
            val fresh = start(candidate).also { runner = it }
            judge(agreement.difference(fresh.run(input)))
        }
        if (outcome != null) runner?.close()
        return Attempt(candidate, outcome, runner.takeIf { outcome == null }, since(before))
    }

    /** The median time of an attempt that works; null if it fails later. */
    private fun timed(attempt: Attempt, runner: ModelRunner, input: ByteBuffer): Double? {
        var ms: Double? = null
        attempt.outcome = guarded(attempt.candidate) {
            ms = timing.medianMs(runner, input)
            null
        }
        if (attempt.outcome == null) return ms
        runner.close()
        attempt.runner = null
        return null
    }

    /** The outcome of [action], whether it returns or throws; the memory keeps track of accelerators that kill the app. */
    private fun guarded(candidate: Candidate, action: () -> Outcome?): Outcome? {
        val risky = candidate.processor != Processor.CPU
        if (risky) memory.begin(candidate)
        val outcome = try {
            action()
        } catch (_: UnsupportedProcessor) {
            Outcome.Unsupported
        } catch (error: RuntimeException) { // drivers throw all kinds
            Outcome.Failed(firstLine(error))
        } catch (error: LinkageError) {
            Outcome.Failed(firstLine(error))
        }
        if (risky) memory.end(candidate)
        return outcome
    }

    private fun judge(difference: Float): Outcome? = when {
        difference.isNaN() -> Outcome.Differs(PERCENT)
        difference <= Agreement.TOLERANCE -> null
        else -> Outcome.Differs((PERCENT * difference).toInt().coerceAtMost(MOST_PERCENT))
    }

    private inline fun closingOnError(runner: ModelRunner, action: () -> Unit) {
        var done = false
        try {
            action()
            done = true
        } finally {
            if (!done) runner.close()
        }
    }

    private fun since(before: Long): Double = (nanoTime() - before) / 1e6

    companion object {
        private const val CLEARLY_FASTER = 0.95

        /** The app may have died for another reason once, but hardly twice. */
        private const val MOST_CRASHES = 2
        private const val PERCENT = 100
        private const val MOST_PERCENT = 999
        private const val LONGEST_REASON = 60

        /** The message of an error, short enough for a screen. */
        fun firstLine(error: Throwable): String =
            (error.message ?: error.javaClass.simpleName).lineSequence().first().take(LONGEST_REASON)
    }
}
