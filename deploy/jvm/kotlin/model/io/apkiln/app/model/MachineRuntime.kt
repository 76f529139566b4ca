package io.apkiln.app.model

import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** What runs the app's models on this machine: the app's own runner where the phone's library is there, else the desktop's. */
val machineRuntime: ModelRuntime = when (System.getProperty("apkiln.phone_library")) {
    "gpu" -> TfliteRunner
    "cpu" -> object : ModelRuntime by TfliteRunner {
        override fun accelerators(sdk: Int) = emptyList<Processor>()
    }
    else -> DesktopRunner
}

/** A runner of the model with this [content] on one thread of this machine's CPU. */
fun startOnCpu(content: ByteArray, contract: ModelContract): ModelRunner =
    machineRuntime.start(directBuffer(content), contract, Candidate.cpu(1), null)

/** A copy of [content] as TensorFlow Lite reads it. */
fun directBuffer(content: ByteArray): ByteBuffer =
    ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder()).put(content).apply { rewind() }
