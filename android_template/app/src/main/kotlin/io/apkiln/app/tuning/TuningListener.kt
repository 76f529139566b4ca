package io.apkiln.app.tuning

/** Hears what happens while the fastest candidate is looked for. */
interface TuningListener {
    /** [candidate] is started and measured, which takes a moment. */
    fun onTrying(candidate: Candidate) = Unit

    /** [candidate] does not come back. Called on another thread, while that of the model waits. */
    fun onStuck(candidate: Candidate) = Unit

    /** A candidate can't be used; [error] is what it threw, if anything. */
    fun onDropped(trial: Trial, error: Throwable?) = Unit
}
