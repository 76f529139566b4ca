package io.apkiln.app.bench

import io.apkiln.app.model.ModelContract
import io.apkiln.app.tuning.Candidate

/**
 * What to measure: at least [runs] runs, and for at least [minSeconds]; or, for [sustainedSeconds], how the speed falls. A
 * [cold] one begins without kernels that a GPU compiled at an earlier start.
 */
class BenchmarkRequest(
    val model: ModelContract,
    val candidate: Candidate,
    val warmupRuns: Int,
    val runs: Int,
    val minSeconds: Double,
    val cold: Boolean = false,
    val sustainedSeconds: Double = 0.0,
) {
    companion object {
        const val WARMUP_RUNS = 10
        const val RUNS = 50
        private const val MOST_RUNS = 100_000
        private const val MOST_SECONDS = 600.0
        private const val MOST_SUSTAINED_SECONDS = 7200.0

        /**
         * The request of an intent's extras; [model] defaults to the first of [models], [variant] to the first of its
         * [variants], [delegate] to the CPU. Throws IllegalArgumentException if the extras are invalid.
         */
        fun of(
            models: List<ModelContract>,
            variants: (ModelContract) -> List<ModelContract>,
            model: String?,
            variant: String?,
            delegate: String?,
            threads: Int,
            warmupRuns: Int,
            runs: Int,
            minSeconds: Double,
            cold: Boolean,
            sustainedSeconds: Double,
        ): BenchmarkRequest {
            val named = if (model == null) models.first() else models.firstOrNull { it.name == model }
            requireNotNull(named) { "no model $model, but ${models.joinToString { it.name }}" }
            val files = variants(named)
            val contract = if (variant == null) named else files.firstOrNull { it.variantName == variant }
            requireNotNull(contract) { "no variant $variant, but ${files.joinToString { it.variantName.orEmpty() }}" }
            require(threads in 1..16) { "threads $threads is not in 1..16" }
            val key = if (delegate == null || delegate == "cpu") Candidate.cpu(threads).key else delegate
            val candidate = requireNotNull(Candidate.of(key)) { "no delegate $delegate, but cpu, gpu, gpu_32, nnapi" }
            require(warmupRuns in 0..MOST_RUNS) { "warmup_runs $warmupRuns is not in 0..$MOST_RUNS" }
            require(runs in 1..MOST_RUNS) { "num_runs $runs is not in 1..$MOST_RUNS" }
            require(minSeconds in 0.0..MOST_SECONDS) { "min_seconds $minSeconds is not in 0..$MOST_SECONDS" }
            require(sustainedSeconds in 0.0..MOST_SUSTAINED_SECONDS) {
                "sustained_s $sustainedSeconds is not in 0..$MOST_SUSTAINED_SECONDS"
            }
            return BenchmarkRequest(contract, candidate, warmupRuns, runs, minSeconds, cold, sustainedSeconds)
        }

        private val ModelContract.variantName get() = quantization?.name?.lowercase()
    }
}
