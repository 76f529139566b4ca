package io.apkiln.app.tuning

import io.apkiln.app.model.ModelInput
import io.apkiln.app.model.ModelRunner
import java.nio.ByteBuffer

/** A working runner, and the [trials] that led to it; [startMs] is the time from its start to its first output. */
class Started(val runner: ModelRunner, val candidate: Candidate, val startMs: Double, val trials: List<Trial>)

/**
 * Finds the fastest candidate on this phone whose output agrees with that of the CPU.
 *
 * [drivers] makes a runner or throws. A later candidate must be faster than an earlier one by a twentieth, because those
 * listed first need less power.
 */
class DelegateTuner(
    private val variants: Variants,
    private val drivers: Drivers,
    private val listener: TuningListener,
    private val nanoTime: () -> Long = System::nanoTime,
) {
    private val timing = Timing(nanoTime)

    /**
     * Tries [candidates], the first of which must be the CPU, each with every file of the model, on a real [input], and keeps
     * the fastest pair open.
     *
     * A GPU whose output is wrong is tried again in 32 bits. [onDecided] is called before the other drivers are closed, as
     * that may end the app. Throws what the CPU throws.
     */
    fun fastest(candidates: List<Candidate>, input: ModelInput, onDecided: (Started) -> Unit): Started {
        val agreement = exactBy(candidates.first(), input)
        val trials = ArrayList<Trial>()
        val left = ArrayList<Attempt>()
        var best: Attempt? = null
        var bestMs = Double.MAX_VALUE
        for (attempt in candidates.asSequence().flatMap(variants::pairs).flatMap { attempts(it, agreement, input) }) {
            val ms = if (attempt.outcome == null) timed(attempt, input) else null
            trials += Trial(attempt.candidate, attempt.outcome ?: Outcome.Measured(checkNotNull(ms)))
            if (ms != null && ms < bestMs * CLEARLY_FASTER) {
                best?.let { leave(it, left) }
                best = attempt
                bestMs = ms
            } else {
                leave(attempt, left)
            }
        }
        val started = best?.started(trials)?.also(onDecided)
        left.forEach(::close)
        return checkNotNull(started) { "${variants.first.file}: not even the CPU runs it" }
    }

    /** A runner on [wanted] if it works and agrees with [cpu]; otherwise one on [cpu], and what was wrong. */
    fun verified(wanted: Candidate, cpu: Candidate, input: ModelInput): Started {
        if (!wanted.isAccelerated) return onCpu(wanted, input.of(wanted), emptyList())
        val attempts = attempts(wanted, exactBy(cpu, input), input).toList()
        val dropped = attempts.mapNotNull { attempt -> attempt.outcome?.let { Trial(attempt.candidate, it) } }
        attempts.filter { it.outcome != null }.forEach(::close)
        return attempts.last().started(dropped) ?: onCpu(cpu, input.of(cpu), dropped)
    }

    /** A runner on [cpu] after [trials]; throws if even that does not work. */
    fun onCpu(cpu: Candidate, input: ByteBuffer, trials: List<Trial>): Started {
        val before = nanoTime()
        val runner = drivers.start(cpu)
        closingOnError(runner) { runner.run(input) }
        return Started(runner, cpu, since(before), trials)
    }

    private fun exactBy(cpu: Candidate, input: ModelInput): Agreement {
        require(!cpu.isAccelerated) { "${cpu.key} can't judge other candidates" }
        val judge = variants.judge(cpu)
        val agreement = Agreement(variants.of(judge))
        val runner = drivers.start(judge)
        closingOnError(runner) { agreement.setExact(runner.run(input.of(judge))) }
        runner.close()
        return agreement
    }

    /** An attempt to use [candidate]: its [runner], if it started, and why it can't be used in [outcome]. */
    private class Attempt(val candidate: Candidate, var outcome: Outcome?, var runner: ModelRunner?, val startMs: Double) {
        fun started(trials: List<Trial>): Started? {
            val open = runner ?: return null
            return if (outcome == null) Started(open, candidate, startMs, trials) else null
        }
    }

    /**
     * One attempt, and a second one in 32 bits if the output of the first one was wrong. The first one is closed before that:
     * GPU delegates of one thread share the OpenGL context of the oldest, and lose it with that.
     */
    private fun attempts(candidate: Candidate, agreement: Agreement, input: ModelInput) = sequence {
        val first = attempt(candidate, agreement, input)
        val again = candidate.processor == Processor.GPU && first.outcome.isWrongAnswer
        if (again) close(first)
        yield(first)
        if (again) {
            yield(attempt(candidate.copy(processor = Processor.GPU_32), agreement, input))
        }
    }

    private val Outcome?.isWrongAnswer
        get() = this is Outcome.Differs || this == Outcome.Zeros || this == Outcome.NotNumbers

    private fun attempt(candidate: Candidate, agreement: Agreement, input: ModelInput): Attempt {
        drivers.trouble(candidate)?.let { trouble ->
            listener.onDropped(Trial(candidate, trouble), null)
            return Attempt(candidate, trouble, null, 0.0)
        }
        listener.onTrying(candidate)
        val before = nanoTime()
        var runner: ModelRunner? = null
        val outcome = guarded(candidate) {
            val fresh = drivers.start(candidate).also { runner = it }
            agreement.judge(fresh.run(input.of(candidate)), variants.of(candidate))
        }
        return Attempt(candidate, outcome, runner, since(before))
    }

    /** The median time of an attempt that works; null if it fails now. */
    private fun timed(attempt: Attempt, input: ModelInput): Double? {
        val runner = attempt.runner ?: return null
        var ms: Double? = null
        attempt.outcome = guarded(attempt.candidate) {
            ms = timing.medianMs(runner, input.of(attempt.candidate))
            null
        }
        return if (attempt.outcome == null) ms else null
    }

    /** The outcome of [action], whether it returns or throws. */
    private fun guarded(candidate: Candidate, action: () -> Outcome?): Outcome? {
        var thrown: Throwable? = null
        val outcome = drivers.trying(candidate) {
            try {
                action()
            } catch (error: UnsupportedProcessor) {
                thrown = error
                Outcome.Unsupported
            } catch (error: RuntimeException) { // drivers throw all kinds
                thrown = error
                Outcome.Failed(shortReason(error))
            } catch (error: LinkageError) {
                thrown = error
                Outcome.Failed(shortReason(error))
            }
        }
        if (outcome != null) listener.onDropped(Trial(candidate, outcome), thrown)
        return outcome
    }

    /** Closes what the CPU computes now, to save memory, and a driver later: that may end the app. */
    private fun leave(attempt: Attempt, left: MutableList<Attempt>) {
        if (attempt.candidate.isAccelerated) left += attempt else close(attempt)
    }

    private fun close(attempt: Attempt) {
        val open = attempt.runner ?: return
        attempt.runner = null
        drivers.close(attempt.candidate, open)
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

    private fun ModelInput.of(candidate: Candidate): ByteBuffer = tensor(variants.of(candidate))

    private fun since(before: Long): Double = (nanoTime() - before) / 1e6

    companion object {
        /** The share of another's time that a candidate may take to count as faster. */
        const val CLEARLY_FASTER = 0.95
    }
}

private const val LONGEST_REASON = 60

/** What TensorFlow Lite puts before the reason why a delegate does not start. */
private const val TELLING = " Init: "

/** The line of an error's message that says why, short enough for a screen. */
fun shortReason(error: Throwable): String {
    val lines = (error.message ?: error.javaClass.simpleName).lines()
    val telling = lines.firstOrNull { TELLING in it }?.substringAfter(TELLING) ?: lines.first()
    return telling.take(LONGEST_REASON)
}
