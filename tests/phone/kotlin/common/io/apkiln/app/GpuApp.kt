package io.apkiln.app

import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.KernelCache
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.TimedWatchdog
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch

/**
 * A phone with a GPU: this machine's CPU under another name, quick enough to win. [lost] takes its context away, at [gate] its
 * driver waits; [isLinked] is false where the library can't be loaded.
 */
class GpuApp : ModelApp() {
    @Volatile
    var lost = false
    var gate = CountDownLatch(0)
    var isLinked = true
    var isListed = false
    val started = ArrayList<String>()

    /** How many runners are open. */
    @Volatile
    var open = 0

    /** Called at each run, on its thread. */
    @Volatile
    var whileRunning = {}

    override val watchdog = TimedWatchdog(limitMs = 2000)

    override val runtime: ModelRuntime = object : ModelRuntime by DesktopRunner {
        override fun accelerators(sdk: Int) = listOf(Processor.GPU)

        override fun isGpuListed() = isListed

        override fun start(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): ModelRunner {
            if (!isLinked) throw UnsatisfiedLinkError("Failed to load native methods:\n  dlopen failed: 4096 is no page of 16384")
            started += candidate.key
            val gpu = candidate.processor == Processor.GPU
            if (gpu && lost) throw IllegalStateException("GL context is gone")
            if (gpu) gate.await()
            open++
            return Slowed(DesktopRunner.start(model, contract, if (gpu) Candidate.cpu(1) else candidate, kernels), gpu)
        }
    }

    private inner class Slowed(private val runner: ModelRunner, private val gpu: Boolean) : ModelRunner by runner {
        override fun close() {
            open--
            runner.close()
        }

        override fun run(input: ByteBuffer): List<ByteBuffer> {
            whileRunning()
            if (gpu && lost) throw IllegalStateException("GL context is gone")
            if (!gpu) Thread.sleep(4)
            return runner.run(input)
        }
    }
}
