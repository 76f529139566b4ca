package io.apkiln.app.model

import java.nio.ByteBuffer
import kotlin.math.abs
import org.tensorflow.lite.gpu.CompatibilityList
import org.tensorflow.lite.gpu.GpuDelegate

/**
 * Runs a model with TensorFlow Lite on the CPU (XNNPACK), or on the GPU where that is asked for, works and is right.
 *
 * [delegate] is "cpu", "gpu" or "auto". The first frame runs on both: the GPU is kept only if it says the same, and
 * with "auto" only if it is faster too.
 */
class TfliteRunner(
    model: ByteBuffer,
    private val contract: ModelContract,
    private val delegate: String,
) : ModelRunner {
    private val cpu = TfliteEngine(model, contract, null, THREADS)
    private var gpu: TfliteEngine? = null
    private var decided = false

    override var state: DelegateState = DelegateState.Cpu
        private set

    init {
        if (delegate == "cpu") decided = true else startGpu(model)
    }

    override fun run(input: ByteBuffer): ByteBuffer {
        if (!decided) decide(input)
        val accelerated = gpu ?: return cpu.run(input)
        return try {
            accelerated.run(input)
        } catch (error: RuntimeException) { // its context can be lost at any time
            dropGpu(DelegateState.GpuFailed(firstLine(error)))
            cpu.run(input)
        }
    }

    override fun close() {
        gpu?.close()
        gpu = null
        cpu.close()
    }

    private fun startGpu(model: ByteBuffer) {
        var started: GpuDelegate? = null
        try {
            val device = CompatibilityList()
            val supported = device.isDelegateSupportedOnThisDevice
            device.close()
            if (!supported) return dropGpu(DelegateState.GpuUnsupported)
            started = GpuDelegate()
            gpu = TfliteEngine(model, contract, started, THREADS)
        } catch (error: RuntimeException) {
            started?.close()
            dropGpu(DelegateState.GpuFailed(firstLine(error)))
        } catch (error: LinkageError) {
            started?.close()
            dropGpu(DelegateState.GpuFailed(firstLine(error)))
        }
    }

    private fun decide(input: ByteBuffer) {
        decided = true
        val candidate = gpu ?: return
        try {
            val difference = difference(cpu.run(input), candidate.run(input))
            if (difference.isNaN() || difference > TOLERANCE) {
                val percent = if (difference.isNaN()) 100 else (100 * difference).toInt()
                return dropGpu(DelegateState.GpuDiffers(percent))
            }
            if (delegate == "auto") {
                val cpuMs = fastestMs(cpu, input)
                val gpuMs = fastestMs(candidate, input)
                if (gpuMs >= cpuMs) return dropGpu(DelegateState.GpuSlower(gpuMs, cpuMs))
            }
            state = DelegateState.Gpu
        } catch (error: RuntimeException) {
            dropGpu(DelegateState.GpuFailed(firstLine(error)))
        }
    }

    private fun dropGpu(reason: DelegateState) {
        gpu?.close()
        gpu = null
        decided = true
        state = reason
    }

    /** Largest difference of two outputs as a share of the first one's range. */
    private fun difference(exact: ByteBuffer, other: ByteBuffer): Float {
        val stored = StoredType.of(contract.output.type)
        var low = Float.MAX_VALUE
        var high = -Float.MAX_VALUE
        var most = 0f
        for (index in 0 until contract.output.shape.reduce(Int::times)) {
            val value = stored.read(exact, index)
            low = minOf(low, value)
            high = maxOf(high, value)
            most = maxOf(most, abs(stored.read(other, index) - value))
        }
        return most / maxOf(high - low, SMALLEST_RANGE)
    }

    private fun fastestMs(engine: TfliteEngine, input: ByteBuffer): Double = (0 until TIMED_RUNS).minOf {
        val start = System.nanoTime()
        engine.run(input)
        (System.nanoTime() - start) / 1e6
    }

    private fun firstLine(error: Throwable): String =
        (error.message ?: error.javaClass.simpleName).lineSequence().first().take(60)

    private companion object {
        /** A GPU computes in 16 bits: this share of the output's range is rounding, more is a wrong answer. */
        const val TOLERANCE = 0.1f
        const val SMALLEST_RANGE = 1e-6f
        const val TIMED_RUNS = 5
        val THREADS = (Runtime.getRuntime().availableProcessors() / 2).coerceIn(1, 4)
    }
}
