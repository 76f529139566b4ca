package io.apkiln.app.tuning

/** How a [candidate] did when it was tried. */
data class Trial(val candidate: Candidate, val outcome: Outcome)

sealed interface Outcome {
    /** It works, says what the CPU says, and takes [medianMs] a run. */
    data class Measured(val medianMs: Double) : Outcome

    /** Its answer differs from the CPU's by [percent] of the answer's range. */
    data class Differs(val percent: Int) : Outcome

    /** It did not start, or failed later; [why] is in its own words, one line. */
    data class Failed(val why: String) : Outcome

    /** This phone has no such thing. */
    data object Unsupported : Outcome

    /** The app ended while it was tried, more than once: it is left alone. */
    data object Crashed : Outcome
}

/** Why a model is computed the way it is. */
enum class Cause {
    /** The fastest of those measured on this phone. */
    FASTEST,

    /** Chosen by the app or its user. */
    CHOSEN,

    /** What was wanted does not work, or did not go on working. */
    FALLBACK,
}

/** What computes a model and why; [trials] are those that led to it, in their order. */
data class DelegateState(val candidate: Candidate, val cause: Cause, val trials: List<Trial> = emptyList()) {
    /** What was tried and can't be used. */
    val dropped: List<Trial> get() = trials.filter { it.outcome !is Outcome.Measured }

    val measured: Int get() = trials.size - dropped.size
}
