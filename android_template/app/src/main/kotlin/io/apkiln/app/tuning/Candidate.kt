package io.apkiln.app.tuning

import io.apkiln.app.model.Quantization

/** What can run a model. [GPU] may round to 16 bits, [GPU_32] must not. */
enum class Processor { CPU, GPU, GPU_32, NNAPI }

/**
 * One way to run a model; [threads] is for the CPU only, otherwise 0. [variant] says which of the model's files runs, null if
 * there is one only.
 */
data class Candidate(val processor: Processor, val threads: Int = 0, val variant: Quantization? = null) {
    init {
        require((processor == Processor.CPU) == (threads > 0)) { "$processor with $threads threads" }
    }

    /** Whether a driver of the phone's maker computes, which may fail in ways that the CPU does not. */
    val isAccelerated: Boolean get() = processor != Processor.CPU

    /** What computes, whichever file it runs. */
    val driver: Candidate get() = if (variant == null) this else copy(variant = null)

    /** A word that [of] reads back: cpu4, gpu, gpu_32, nnapi, with a variant gpu:float16. */
    val key: String
        get() = processor.name.lowercase() + (if (threads > 0) threads.toString() else "") +
            (variant?.let { VARIANT + it.name.lowercase() } ?: "")

    companion object {
        fun cpu(threads: Int) = Candidate(Processor.CPU, threads)

        /** The candidate with this [key]; null if there is none. */
        fun of(key: String): Candidate? {
            val driver = driverOf(key.substringBefore(VARIANT)) ?: return null
            if (VARIANT !in key) return driver
            val name = key.substringAfter(VARIANT)
            return Quantization.entries.firstOrNull { it.name.lowercase() == name }?.let { driver.copy(variant = it) }
        }

        private fun driverOf(key: String): Candidate? {
            if (CPU_KEY.matches(key)) return cpu(key.removePrefix(CPU).toInt())
            val processor = Processor.entries.firstOrNull { it != Processor.CPU && it.name.lowercase() == key }
            return processor?.let { Candidate(it) }
        }

        /** A good number of threads for small models on [cores] cores, if nothing was measured. */
        fun usualThreads(cores: Int): Int = THREADS.last { it == 1 || it <= cores / 2 }

        /** Candidates for the automatic choice on a phone with [cores] cores and [accelerators], the least power first. */
        fun toTry(cores: Int, accelerators: List<Processor>): List<Candidate> =
            THREADS.filter { it == 1 || it <= cores }.map(::cpu) + accelerators.map { Candidate(it) }

        private const val VARIANT = ":"
        private const val CPU = "cpu"
        private val CPU_KEY = Regex("cpu[1-9][0-9]?")
        private val THREADS = listOf(1, 2, 4)
    }
}

/** This phone can't use a processor at all; [message] says why. */
class UnsupportedProcessor(message: String) : IllegalStateException(message)
