package io.apkiln.app.tuning

/** The result of tuning a model on this phone. */
data class Tuning(val winner: Candidate, val trials: List<Trial>)

/** Remembers the tuning of one model on this phone and Android version; a change of either invalidates it. */
interface TuningMemory {
    fun recall(): Tuning?

    /** Remembers [tuning]; it is on disk when this returns. */
    fun remember(tuning: Tuning)

    fun forget()
}

/** A [Tuning] as text: the key of the winner, then one trial per line. */
object TuningText {
    fun write(tuning: Tuning): String =
        (listOf(tuning.winner.key) + tuning.trials.map { "${it.candidate.key}\t${write(it.outcome)}" }).joinToString("\n")

    /** Reads what [write] wrote; null for any other text. */
    fun read(text: String): Tuning? {
        val lines = text.split("\n")
        val winner = Candidate.of(lines.first()) ?: return null
        val trials = lines.drop(1).map { line ->
            val parts = line.split("\t")
            val candidate = Candidate.of(parts.first()) ?: return null
            val outcome = readOutcome(parts.drop(1)) ?: return null
            Trial(candidate, outcome)
        }
        return Tuning(winner, trials)
    }

    private fun write(outcome: Outcome): String = when (outcome) {
        is Outcome.Measured -> "measured\t${outcome.medianMs}"
        is Outcome.Differs -> "differs\t${outcome.percent}"
        is Outcome.Failed -> "failed\t${outcome.why.replace(Regex("[\\t\\r\\n]"), " ")}"
        Outcome.Zeros -> "zeros"
        Outcome.NotNumbers -> "not-numbers"
        Outcome.Unsupported -> "unsupported"
        Outcome.Crashed -> "crashed"
        Outcome.Hung -> "hung"
    }

    private fun readOutcome(parts: List<String>): Outcome? = when (parts.firstOrNull()) {
        "measured" -> parts.getOrNull(1)?.toDoubleOrNull()?.let(Outcome::Measured)
        "differs" -> parts.getOrNull(1)?.toIntOrNull()?.let(Outcome::Differs)
        "failed" -> parts.getOrNull(1)?.let(Outcome::Failed)
        "zeros" -> Outcome.Zeros
        "not-numbers" -> Outcome.NotNumbers
        "unsupported" -> Outcome.Unsupported
        "crashed" -> Outcome.Crashed
        "hung" -> Outcome.Hung
        else -> null
    }
}
