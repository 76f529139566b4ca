package io.apkiln.app.tuning

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.Quantization

/** The [files] of one model, which answer alike; a candidate says which of them it runs if there are several. */
class Variants(val files: List<ModelContract>) {
    /** The one that gives the model its name. */
    val first: ModelContract get() = files.first()

    /** The one whose answer on the CPU counts as right: it computes in floating point if one does. */
    private val exact = files.firstOrNull { it.quantization in FLOATING } ?: first

    fun of(candidate: Candidate): ModelContract = files.firstOrNull { it.quantization == candidate.variant } ?: first

    /** [candidate] with each of the files that it may run fastest; GPUs compute in floating point. */
    fun pairs(candidate: Candidate): List<Candidate> {
        val isGpu = candidate.processor == Processor.GPU || candidate.processor == Processor.GPU_32
        return (if (isGpu) listOf(exact) else files).map { paired(candidate, it) }
    }

    /** [candidate] with the file that it names; if it names none that is here, with the one that suits it if nothing was measured. */
    fun usual(candidate: Candidate): Candidate {
        val isHere = files.size > 1 && candidate.variant != null && files.any { it.quantization == candidate.variant }
        return if (isHere) candidate else pairs(candidate.driver).first()
    }

    /** [cpu] with the file whose answer counts as right. */
    fun judge(cpu: Candidate): Candidate = paired(cpu, exact)

    private fun paired(candidate: Candidate, file: ModelContract) =
        if (files.size == 1) candidate else candidate.copy(variant = file.quantization)

    private companion object {
        val FLOATING = setOf(Quantization.FLOAT16, Quantization.FLOAT32)
    }
}
