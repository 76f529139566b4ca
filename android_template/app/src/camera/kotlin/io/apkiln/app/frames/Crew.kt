package io.apkiln.app.frames

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.LockSupport

/**
 * The calling thread and, where it comes in time, one more share a task's chunks: the caller takes them from the first one
 * on, its helper from the last one on, so that either computes neighbours, and they write near each other only where they
 * meet.
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

    /**
     * Chunks that the caller took, that its helper took, and all of them, [BITS] each: one number, as a helper may come when
     * its run is over and the next one has begun. Whoever takes a chunk reads what was written before.
     */
    private val taken = AtomicLong(0)
    private val done = AtomicInteger(0)
    private val failure = AtomicReference<Throwable?>()

    /** Computes chunks 0 until [chunks], and returns when all are done; throws what a chunk threw. */
    fun run(chunks: Int, alone: Boolean) {
        val helped = !alone && chunks > 1 && Helper.isThere && Helper.task.compareAndSet(null, this)
        done.set(0)
        taken.set(chunks.toLong() shl 2 * BITS)
        if (helped) LockSupport.unpark(Helper.thread)
        take(worker = 0)
        while (done.get() < chunks) Thread.yield()
        if (helped) Helper.task.set(null)
        failure.getAndSet(null)?.let { throw it }
    }

    private fun take(worker: Int) {
        while (true) {
            val before = taken.getAndAdd(if (worker == 0) 1L else 1L shl BITS)
            if (left(before) <= 0) return
            try {
                task.compute(worker, if (worker == 0) first(before) else first(before) + left(before) - 1)
            } catch (problem: Throwable) { // the caller throws it
                failure.set(problem)
            } finally {
                done.incrementAndGet()
            }
        }
    }

    /** The first chunk that nobody took, and how many there are; below 0 where somebody asked for more. */
    private fun first(taken: Long) = (taken and MASK).toInt()

    private fun left(taken: Long) = ((taken shr 2 * BITS) - (taken shr BITS and MASK) - (taken and MASK)).toInt()

    companion object {
        const val WORKERS = 2
        private const val BITS = 20
        private const val MASK = (1L shl BITS) - 1
    }

    private object Helper {
        /** How often it looks for the next task before it sleeps: for some 50 µs, about what waking it costs. */
        const val LOOKS = 150
        val task = AtomicReference<Crew?>()
        val isThere = Runtime.getRuntime().availableProcessors() > 1
        val thread = Thread(::help, "frames-helper").apply { isDaemon = true }

        init {
            if (isThere) thread.start()
        }

        private fun help() {
            var looks = 0
            while (true) {
                val crew = task.get()
                if (crew != null && crew.left(crew.taken.get()) > 0) {
                    crew.take(worker = 1)
                    looks = 0
                } else if (looks < LOOKS) {
                    looks++
                    Thread.yield()
                } else {
                    LockSupport.park(this)
                    looks = 0
                }
            }
        }
    }
}
