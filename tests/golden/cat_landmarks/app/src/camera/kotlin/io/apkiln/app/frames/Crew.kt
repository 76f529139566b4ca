package io.apkiln.app.frames

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.LockSupport

/**
 * The calling thread and, where it comes in time, one more share a task's chunks: each takes the next one that is left.
 *
 * The helping thread is one for the whole app and sleeps between frames; where another task has it, the caller computes
 * alone. Nothing is allocated per run.
 *
 * @param task computes a chunk, at the same time as another one; the worker is 0 for the caller, 1 for its helper.
 */
internal class Crew(private val task: Chunks) {
    fun interface Chunks {
        fun compute(worker: Int, chunk: Int)
    }

    /** How many chunks are not yet taken; below 0 where somebody asked for more. Whoever takes one reads what was written before. */
    private val left = AtomicInteger(0)
    private val done = AtomicInteger(0)
    private val failure = AtomicReference<Throwable?>()

    /** Computes chunks 0 until [chunks], and returns when all are done; throws what a chunk threw. */
    fun run(chunks: Int, alone: Boolean) {
        val helped = !alone && chunks > 1 && Helper.isThere && Helper.task.compareAndSet(null, this)
        done.set(0)
        left.set(chunks)
        if (helped) LockSupport.unpark(Helper.thread)
        take(worker = 0)
        while (done.get() < chunks) Thread.yield()
        if (helped) Helper.task.set(null)
        failure.getAndSet(null)?.let { throw it }
    }

    private fun take(worker: Int) {
        while (true) {
            val chunk = left.getAndDecrement() - 1
            if (chunk < 0) return
            try {
                task.compute(worker, chunk)
            } catch (problem: Throwable) { // the caller throws it
                failure.set(problem)
            } finally {
                done.incrementAndGet()
            }
        }
    }

    companion object {
        const val WORKERS = 2
    }

    private object Helper {
        val task = AtomicReference<Crew?>()
        val isThere = Runtime.getRuntime().availableProcessors() > 1
        val thread = Thread({
            while (true) {
                task.get()?.take(worker = 1)
                LockSupport.park(this)
            }
        }, "frames-helper").apply { isDaemon = true }

        init {
            if (isThere) thread.start()
        }
    }
}
