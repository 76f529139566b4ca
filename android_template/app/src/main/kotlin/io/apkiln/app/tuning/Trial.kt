package io.apkiln.app.tuning

/** How a [candidate] did when it was tried. */
data class Trial(val candidate: Candidate, val outcome: Outcome)

sealed interface Outcome {
    /** It works, agrees with the CPU, and takes [medianMs] per run. */
    data class Measured(val medianMs: Double) : Outcome

    /** Its output differs from that of the CPU by [percent] of the output's range. */
    data class Differs(val percent: Int) : Outcome

    /** Its output is 0 throughout, that of the CPU is not. */
    data object Zeros : Outcome

    /** Its output has values that are infinite or not a number. */
    data object NotNumbers : Outcome

    /** It did not start, or failed later; [why] is the first line of its message. */
    data class Failed(val why: String) : Outcome

    /** This phone does not have it. */
    data object Unsupported : Outcome

    /** It took the app down, so it is not tried any more. */
    data object Crashed : Outcome

    /** Its driver did not come back, so it is not tried any more. */
    data object Hung : Outcome
}

/** Why a model runs on a certain candidate. */
enum class Cause {
    /** The fastest of those measured on this phone. */
    FASTEST,

    /** Chosen by the app or its user. */
    CHOSEN,

    /** The wanted one does not work, or stopped working. */
    FALLBACK,
}

/** The candidate that a model runs on, and why; [trials] are those that led to it, in order. */
data class DelegateState(val candidate: Candidate, val cause: Cause, val trials: List<Trial> = emptyList()) {
    /** Candidates that were tried and can't be used. */
    val dropped: List<Trial> get() = trials.filter { it.outcome !is Outcome.Measured }

    val measured: Int get() = trials.size - dropped.size
}
