package io.apkiln.app.bench

import io.apkiln.app.tuning.Processor

/** How much of a graph a delegate runs: [delegated] of [total] nodes, in [partitions] partitions. */
data class Delegation(val delegated: Int, val total: Int, val partitions: Int) {
    companion object {
        private val LINE = Regex(
            "Replacing (\\d+) (?:out of|of) (\\d+) node\\(s\\) with delegate \\((\\w+)\\) node, yielding (\\d+) partitions",
        )

        /** Reads the newest line of TensorFlow Lite's own [log] about [processor]'s delegate; null if there is none. */
        fun read(log: List<String>, processor: Processor): Delegation? {
            val name = when (processor) {
                Processor.CPU -> "XNNPack"
                Processor.GPU, Processor.GPU_32 -> "Gpu"
                Processor.NNAPI -> "Nnapi"
            }
            val found = log.asReversed().firstNotNullOfOrNull { line ->
                LINE.find(line)?.takeIf { it.groupValues[3].contains(name, ignoreCase = true) }
            } ?: return null
            val (delegated, total, _, partitions) = found.destructured
            return Delegation(delegated.toInt(), total.toInt(), partitions.toInt())
        }
    }
}
