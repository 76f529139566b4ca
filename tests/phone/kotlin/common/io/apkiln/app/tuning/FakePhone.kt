package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.InputContract
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.OutputContract
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** How one candidate behaves on a phone that is made up: what it costs, says, and when it breaks. */
class Behaviour(
    var runMs: Double = 1.0,
    var startMs: Double = 0.0,
    var answer: FloatArray = ANSWER,
    var failsToStart: Throwable? = null,
    var failsAtRun: Int = Int.MAX_VALUE,
) {
    companion object {
        val ANSWER = floatArrayOf(-4f, 0f, 4f, 2f)
    }
}

/** A phone whose clock moves only by what runs on it; [candidates] that are not described run in a millisecond. */
class FakePhone(vararg described: Pair<String, Behaviour>) {
    val behaviours = described.toMap().toMutableMap()
    val open = ArrayList<String>()
    val started = ArrayList<String>()
    val memory = FakeMemory()
    var nanos = 0L

    fun start(candidate: Candidate): ModelRunner {
        val behaviour = behaviours.getOrPut(candidate.key) { Behaviour() }
        started += candidate.key
        nanos += (behaviour.startMs * 1e6).toLong()
        behaviour.failsToStart?.let { throw it }
        return FakeRunner(candidate.key, behaviour)
    }

    fun tuned(choice: String? = null, vararg candidates: String = arrayOf("cpu1", "cpu2", "cpu4", "gpu")): TunedRunner {
        val plan = TuningPlan(candidates.map(::candidate), choice?.let(::candidate), Candidate.cpu(2))
        return TunedRunner(CONTRACT, plan, memory, ::start, {}) { nanos }
    }

    private inner class FakeRunner(private val key: String, private val behaviour: Behaviour) : ModelRunner {
        private var runs = 0
        private var closed = false

        init {
            open += key
        }

        override fun run(input: ByteBuffer): ByteBuffer {
            check(!closed) { "$key was closed" }
            if (++runs >= behaviour.failsAtRun) throw IllegalArgumentException("$key lost its context\nin detail")
            nanos += (behaviour.runMs * 1e6).toLong()
            val output = ByteBuffer.allocateDirect(4 * behaviour.answer.size).order(ByteOrder.nativeOrder())
            behaviour.answer.forEachIndexed { index, value -> output.putFloat(4 * index, value) }
            return output
        }

        override fun close() {
            check(!closed) { "$key was closed twice" }
            closed = true
            open -= key
        }
    }

    companion object {
        val INPUT: ByteBuffer = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder())
        val CONTRACT = contract(Decoder.Points())

        fun candidate(key: String) = checkNotNull(Candidate.of(key)) { key }

        fun contract(decoder: Decoder, dtype: ElementType = ElementType.FLOAT32, scale: Float = 0f) = ModelContract(
            name = "fake", file = "fake.tflite", sha256 = "0", task = "landmarks",
            inputs = listOf(InputContract("input", listOf(1), ElementType.FLOAT32, mean = listOf(0f), std = listOf(1f))),
            outputs = listOf(OutputContract("output", listOf(1, 4), dtype, scale, labels = listOf("a"), decoder = decoder)),
        )
    }
}

/** Remembers for as long as a test lasts. */
class FakeMemory : TuningMemory {
    var tuning: Tuning? = null
    val attempts = HashMap<String, Int>()

    override fun recall(): Tuning? = tuning

    override fun remember(tuning: Tuning) {
        this.tuning = tuning
    }

    override fun forget() {
        tuning = null
        attempts.clear()
    }

    override fun unfinished(candidate: Candidate): Int = attempts[candidate.key] ?: 0

    override fun begin(candidate: Candidate) {
        attempts[candidate.key] = unfinished(candidate) + 1
    }

    override fun end(candidate: Candidate) {
        attempts -= candidate.key
    }
}
