package io.apkiln.app.tuning

import io.apkiln.app.model.ModelRunner

/**
 * Runners that stay open as long as the process, because this phone's driver crashes when they are closed.
 *
 * Each is handed out again to the thread that made it alone: OpenGL's contexts belong to one.
 */
class KeptRunners {
    private class Kept(val thread: Thread, val model: String, val candidate: Candidate, val runner: ModelRunner)

    private val all = ArrayList<Kept>()
    private val idle = ArrayList<Kept>()

    @Synchronized
    fun keep(model: String, candidate: Candidate, runner: ModelRunner) {
        val kept = all.firstOrNull { it.runner === runner }
            ?: Kept(Thread.currentThread(), model, candidate, runner).also { all += it }
        idle += kept
    }

    /** A kept runner that nothing uses; null if there is none. */
    @Synchronized
    fun take(model: String, candidate: Candidate): ModelRunner? {
        val thread = Thread.currentThread()
        val found = idle.firstOrNull { it.thread === thread && it.model == model && it.candidate == candidate } ?: return null
        idle -= found
        return found.runner
    }
}
