package io.apkiln.app.library

import io.apkiln.app.model.KernelCache
import io.apkiln.app.tuning.Agreement
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.Trial
import java.io.File
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** The app's runner and tuner with the GPU delegate that ships, by OpenCL, which phones prefer. */
class OpenClDelegateTest {
    private val small = RealModel.named("heatmap-float32")
    private val other = RealModel.named("window-float32")

    /** Each network once: PoCL takes a second or so to compile one. */
    @Test
    fun everyNetwork() = report("opencl.tsv", RealModel.all.filter { it.name.endsWith("float32") }, listOf(GPU_32))

    @Test
    fun itIsOpenCl() {
        small.start(GPU).close()
        assertTrue(PhoneLog.text, "Initialized OpenCL-based API" in PhoneLog.text)
        assertFalse(PhoneLog.text, "OpenGL-based" in PhoneLog.text)
    }

    @Test
    fun startedComparedTimedAndClosed() = repeat(TIMES) {
        val tuner = RealTuner(small)
        val runner = tuner.runner()
        runner.run(small.input)
        assertEquals(listOf(CPU, GPU), runner.state?.trials?.map { it.candidate })
        assertEquals(emptyList<Trial>(), tuner.dropped)
        runner.close()
        val chosen = tuner.runner(GPU)
        assertTrue(small.difference(chosen) <= Agreement.TOLERANCE)
        chosen.close()
    }

    /** Unlike with OpenGL, each has a context of its own. */
    @Test
    fun ofTwoModelsEitherGoesOnWhenTheOtherIsClosed() {
        for (closed in 0..1) {
            val models = listOf(small, other)
            val runners = models.map { RealTuner(it).runner(GPU) }
            models.zip(runners).forEach { (model, runner) -> assertTrue(model.difference(runner) <= Agreement.TOLERANCE) }
            runners[closed].close()
            val left = runners[1 - closed]
            assertTrue(models[1 - closed].difference(left) <= Agreement.TOLERANCE)
            assertEquals(Cause.CHOSEN, left.state?.cause)
            left.close()
        }
    }

    /** What a first start compiled is in a file, which a second one reads. */
    @Test
    fun keptKernels() {
        val folder = File(System.getProperty("apkiln.cases")).resolve("opencl-kernels")
        val kernels = checkNotNull(KernelCache.of(folder, listOf("a model")))
        repeat(3) {
            val runner = small.start(GPU, kernels)
            assertTrue(small.difference(runner) <= Agreement.TOLERANCE)
            runner.close()
            assertEquals("start $it", 1, folder.list().orEmpty().size)
        }
    }

    @Test
    fun anotherThread() {
        val threads = List(2) { Executors.newSingleThreadExecutor() }
        val runner = threads[0].submit(Callable { small.start(GPU).also { it.run(small.input) } }).get()
        assertTrue(threads[1].submit(Callable { small.difference(runner) }).get() <= Agreement.TOLERANCE)
        threads[1].submit { runner.close() }.get()
        threads.forEach { it.shutdown() }
    }

    private companion object {
        const val TIMES = 20
    }
}
