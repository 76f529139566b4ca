package io.apkiln.app.tuning

/** What acceleration brings on this phone: the fastest [accelerated] candidate is [speedup] times as fast as the fastest [cpu]. */
data class Acceleration(val accelerated: Candidate, val cpu: Candidate, val speedup: Double) {
    companion object {
        /** The comparison of what [trials] measured; null unless both the CPU and something else were. */
        fun of(trials: List<Trial>): Acceleration? {
            val measured = trials.mapNotNull { trial -> (trial.outcome as? Outcome.Measured)?.let { trial.candidate to it.medianMs } }
            val (others, cpus) = measured.partition { (candidate, _) -> candidate.isAccelerated }
            val (cpu, cpuMs) = cpus.minByOrNull { it.second } ?: return null
            val (accelerated, ms) = others.minByOrNull { it.second } ?: return null
            return Acceleration(accelerated, cpu, cpuMs / ms)
        }
    }
}
