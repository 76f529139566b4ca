package io.apkiln.app

import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.nio.ByteBuffer

/** A phone with a GPU: this machine's CPU under another name, quick enough to win; [lost] takes its context away. */
class GpuApp : ModelApp() {
    @Volatile
    var lost = false
    val started = ArrayList<String>()

    /** How many runners are open. */
    @Volatile
    var open = 0

    /** Called at each run, on its thread. */
    @Volatile
    var whileRunning = {}

    override val runtime: ModelRuntime = object : ModelRuntime by DesktopRunner {
        override fun accelerators(sdk: Int) = listOf(Processor.GPU)

        override fun start(model: ByteBuffer, contract: ModelContract, candidate: Candidate): ModelRunner {
            started += candidate.key
            val gpu = candidate.processor == Processor.GPU
            if (gpu && lost) throw IllegalStateException("GL context is gone")
            open++
            return Slowed(DesktopRunner.start(model, contract, if (gpu) Candidate.cpu(1) else candidate), gpu)
        }
    }

    private inner class Slowed(private val runner: ModelRunner, private val gpu: Boolean) : ModelRunner by runner {
        override fun close() {
            open--
            runner.close()
        }

        override fun run(input: ByteBuffer): ByteBuffer {
            whileRunning()
            if (gpu && lost) throw IllegalStateException("GL context is gone")
            if (!gpu) Thread.sleep(4)
            return runner.run(input)
        }
    }
}
