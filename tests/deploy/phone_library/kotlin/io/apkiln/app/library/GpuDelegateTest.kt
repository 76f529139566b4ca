package io.apkiln.app.library

import io.apkiln.app.model.KernelCache
import io.apkiln.app.tuning.Agreement
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.Trial
import java.io.File
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** The app's runner and tuner with the GPU delegate that ships, in the order in which the app starts, compares and closes. */
class GpuDelegateTest {
    private val small = RealModel.named("heatmap-float32")
    private val other = RealModel.named("window-float32")

    private fun <T> ExecutorService.get(action: () -> T): T = submit(Callable { action() }).get()

    private fun onThreads(count: Int, action: (List<ExecutorService>) -> Unit) {
        val threads = List(count) { Executors.newSingleThreadExecutor() }
        try {
            action(threads)
        } finally {
            threads.forEach { it.shutdown() }
        }
    }

    @Test
    fun everyModelOnEveryGpu() = report("gpu.tsv", RealModel.all, listOf(GPU_32, GPU))

    @Test
    fun theCpuHasXnnpack() {
        val nodes = PhoneLog.taken(Processor.CPU) { small.start(CPU).close() }
        assertEquals(checkNotNull(nodes).total, nodes.delegated)
    }

    @Test
    fun aHundredTimes() {
        repeat(HUNDRED) {
            val tuner = RealTuner(small)
            val runner = tuner.runner()
            runner.run(small.input)
            val state = checkNotNull(runner.state)
            assertEquals(emptyList<Trial>(), tuner.dropped)
            assertEquals(listOf(CPU, GPU), state.trials.map { it.candidate })
            assertTrue(state.trials.all { it.outcome is Outcome.Measured })
            runner.close()
            val chosen = tuner.runner(GPU)
            assertTrue(small.difference(chosen) <= Agreement.TOLERANCE)
            assertEquals(Cause.CHOSEN, chosen.state?.cause)
            chosen.close()
        }
    }

    @Test
    fun withoutTheCpuAlongsideAHundredTimes() = repeat(HUNDRED) {
        val runner = small.start(if (it % 2 == 0) GPU else GPU_32)
        assertTrue(small.difference(runner) <= Agreement.TOLERANCE)
        runner.close()
    }

    /** Two models of one app, whose runners are closed in the order in which they were opened, or the other way around. */
    @Test
    fun twoModelsAtOnce() {
        for (reversed in listOf(false, true)) {
            repeat(FEW) {
                val tuners = listOf(RealTuner(small), RealTuner(other))
                val runners = tuners.map { it.runner(GPU) }
                repeat(FEW) {
                    assertTrue(small.difference(runners[0]) <= Agreement.TOLERANCE)
                    assertTrue(other.difference(runners[1]) <= Agreement.TOLERANCE)
                }
                (if (reversed) runners.reversed() else runners).forEach { it.close() }
                assertEquals(emptyList<Trial>(), tuners.flatMap { it.dropped })
            }
        }
    }

    /** Delegates of a thread share the OpenGL context of the first: who came later goes on without the GPU when that closes. */
    @Test
    fun oneModelGoesOn() {
        for (closed in 0..1) {
            val models = listOf(small, other)
            val runners = models.map { RealTuner(it).runner(GPU) }
            repeat(FEW) {
                models.zip(runners).forEach { (model, runner) -> assertTrue(model.difference(runner) <= Agreement.TOLERANCE) }
            }
            runners[closed].close()
            val left = runners[1 - closed]
            repeat(FEW) { assertTrue(models[1 - closed].difference(left) <= Agreement.TOLERANCE) }
            assertEquals(if (closed == 0) Cause.FALLBACK else Cause.CHOSEN, left.state?.cause)
            left.close()
        }
    }

    /** Sixteen bits are too few for it, and their answer is zero; what the tuner takes in their place must answer at each run. */
    @Test
    fun aModelForThirtyTwoBits() {
        val model = RealModel.named("vanishing")
        val tuner = RealTuner(model)
        val runner = tuner.runner(GPU)
        repeat(FEW) { assertTrue(model.difference(runner) <= Agreement.TOLERANCE) }
        assertEquals(Trial(GPU, Outcome.Zeros), tuner.dropped.first())
        assertEquals(Candidate(Processor.GPU_32), runner.state?.candidate)
        runner.close()
    }

    @Test
    fun threadsOfTheirOwn() = onThreads(2) { threads ->
        val work = threads.zip(listOf(small, other)) { thread, model ->
            thread.submit(
                Callable {
                    repeat(FEW) {
                        val tuner = RealTuner(model)
                        val runner = tuner.runner(GPU)
                        repeat(FEW) { assertTrue(model.difference(runner) <= Agreement.TOLERANCE) }
                        assertEquals(Cause.CHOSEN, runner.state?.cause)
                        runner.close()
                    }
                },
            )
        }
        work.forEach { it.get() }
    }

    @Test
    fun theWrongThread() = onThreads(2) { (right, wrong) ->
        val runner = right.get { small.start(GPU).also { it.run(small.input) } }
        val error = wrong.get { assertThrows(RuntimeException::class.java) { runner.run(small.input) } }
        assertTrue(error.message, "thread" in error.message.orEmpty())
        assertTrue(right.get { small.difference(runner) } <= Agreement.TOLERANCE)
        wrong.get { runner.close() }
    }

    @Test
    fun theTunerGoesOnWithTheCpuOnTheWrongThread() = onThreads(2) { (right, wrong) ->
        val tuner = RealTuner(small)
        val runner = tuner.runner(GPU)
        right.get { runner.run(small.input) }
        assertEquals(0f, wrong.get { small.difference(runner) })
        val state = checkNotNull(runner.state)
        assertEquals(Cause.FALLBACK, state.cause)
        assertEquals(CPU, state.candidate)
        wrong.get { runner.close() }
        right.get { assertTrue(small.difference(small.start(GPU)) <= Agreement.TOLERANCE) }
    }

    /** OpenGL has no kernels to keep: no file appears, and nothing else is different. */
    @Test
    fun keptKernels() {
        val folder = File(System.getProperty("apkiln.cases")).resolve("kernels")
        val kernels = checkNotNull(KernelCache.of(folder, listOf("a model")))
        repeat(3) {
            val runner = small.start(GPU, kernels)
            assertTrue(small.difference(runner) <= Agreement.TOLERANCE)
            runner.close()
        }
        assertEquals(emptyList<String>(), folder.list().orEmpty().toList())
    }

    @Test
    fun theRefusedFile() {
        val refused = RealModel.named("refused")
        for (candidate in listOf(CPU, GPU)) {
            val error = assertThrows(IllegalArgumentException::class.java) { refused.start(candidate) }
            assertTrue(error.message, "FULLY_CONNECTED' version '12'" in error.message.orEmpty())
        }
        assertThrows(IllegalArgumentException::class.java) { RealTuner(refused).runner().run(refused.input) }
    }

    private companion object {
        const val HUNDRED = 100
        const val FEW = 5
    }
}
