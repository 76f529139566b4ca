package io.apkiln.app.parity

import io.apkiln.app.frames.Crew
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.concurrent.thread
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Two threads share chunks: each is computed once, whoever comes in time. */
class CrewRuns {
    private class Counted(chunks: Int) {
        val times = AtomicIntegerArray(chunks)
        val helped = AtomicBoolean()
        val crew = Crew { worker, chunk ->
            times.incrementAndGet(chunk)
            if (worker == 1) helped.set(true)
            val end = System.nanoTime() + 2_000
            while (System.nanoTime() < end) Unit
        }

        fun run(alone: Boolean) = crew.run(times.length(), alone)

        fun check(runs: Int) = (0 until times.length()).forEach { assertEquals("chunk $it", runs, times[it]) }
    }

    @Test
    fun eachChunkOnce() {
        val counted = Counted(13)
        repeat(RUNS) {
            counted.run(alone = it % 3 == 0)
            counted.check(it + 1)
        }
        assertTrue("a second core helps", counted.helped.get() || Runtime.getRuntime().availableProcessors() == 1)
    }

    @Test
    fun nobodyHelpsWhoIsAlone() {
        val counted = Counted(13)
        repeat(RUNS) { counted.run(alone = true) }
        counted.check(RUNS)
        assertEquals(false, counted.helped.get())
    }

    @Test
    fun twoCrewsShareTheHelper() {
        val both = List(2) { Counted(7) }
        both.map { thread { repeat(RUNS) { _ -> it.run(alone = false) } } }.forEach(Thread::join)
        both.forEach { it.check(RUNS) }
    }

    @Test
    fun whatAChunkThrowsIsThrown() {
        var bad = true
        val crew = Crew { _, chunk -> if (bad && chunk == 3) throw IllegalStateException("chunk 3") }
        repeat(RUNS) {
            assertEquals("chunk 3", assertThrows(IllegalStateException::class.java) { crew.run(8, alone = false) }.message)
        }
        bad = false
        crew.run(8, alone = false)
    }

    private companion object {
        const val RUNS = 2000
    }
}
