package io.apkiln.app.model

import android.os.Build
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.UnsupportedProcessor
import java.nio.ByteBuffer
import org.tensorflow.lite.Delegate
import org.tensorflow.lite.gpu.CompatibilityList
import org.tensorflow.lite.gpu.GpuDelegate
import org.tensorflow.lite.gpu.GpuDelegateFactory
import org.tensorflow.lite.nnapi.NnApiDelegate

/** Runs a model with TensorFlow Lite on a candidate: the CPU (XNNPACK), the GPU or NNAPI. */
class TfliteRunner(model: ByteBuffer, contract: ModelContract, candidate: Candidate, kernels: KernelCache?) : ModelRunner {
    private val engine = makeEngine(model, contract, candidate, kernels)

    override fun run(input: ByteBuffer): List<ByteBuffer> = engine.run(input)

    override fun close() = engine.close()

    companion object : ModelRuntime {
        private const val FIRST_NNAPI_SDK = 28

        /** NNAPI is deprecated since Android 15. */
        private const val LAST_NNAPI_SDK = 34

        override val name = "tensorflow-lite"

        override fun accelerators(sdk: Int): List<Processor> =
            if (sdk in FIRST_NNAPI_SDK..LAST_NNAPI_SDK) listOf(Processor.GPU, Processor.NNAPI) else listOf(Processor.GPU)

        override fun isGpuListed(): Boolean = CompatibilityList().use { it.isDelegateSupportedOnThisDevice }

        override fun start(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): ModelRunner {
            if (candidate.processor == Processor.NNAPI && Processor.NNAPI !in accelerators(Build.VERSION.SDK_INT)) {
                throw UnsupportedProcessor("NNAPI is not for Android ${Build.VERSION.RELEASE}")
            }
            return TfliteRunner(model, contract, candidate, kernels)
        }

        private fun makeEngine(
            model: ByteBuffer,
            contract: ModelContract,
            candidate: Candidate,
            kernels: KernelCache?,
        ): TfliteEngine {
            val delegate = makeDelegate(candidate.processor, kernels)
            var made: TfliteEngine? = null
            try {
                return TfliteEngine(model, contract, delegate, candidate.threads.coerceAtLeast(1)).also { made = it }
            } finally {
                if (made == null) delegate?.close()
            }
        }

        private fun makeDelegate(processor: Processor, kernels: KernelCache?): Delegate? = when (processor) {
            Processor.CPU -> null
            Processor.GPU -> GpuDelegate(gpuOptions(precisionLoss = true, kernels))
            Processor.GPU_32 -> GpuDelegate(gpuOptions(precisionLoss = false, kernels))
            Processor.NNAPI -> NnApiDelegate()
        }

        internal fun gpuOptions(precisionLoss: Boolean, kernels: KernelCache?): GpuDelegateFactory.Options {
            val options = GpuDelegateFactory.Options().setPrecisionLossAllowed(precisionLoss)
            if (kernels != null) options.setSerializationParams(kernels.folder.path, kernels.token)
            return options
        }
    }
}
