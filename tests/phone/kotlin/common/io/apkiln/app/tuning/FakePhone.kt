package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.InputContract
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.OutputContract
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** When the process dies of a driver, or waits for it without an end. */
enum class Moment { START, RUN, CLOSE }

/** How one candidate behaves on a phone that is made up: what it costs, says, and when it breaks. */
class Behaviour(
    var runMs: Double = 1.0,
    var startMs: Double = 0.0,
    var answer: FloatArray = ANSWER,
    var failsToStart: Throwable? = null,
    var failsAtRun: Int = Int.MAX_VALUE,
    var crashesAt: Moment? = null,
    var hangsAt: Moment? = null,
) {
    companion object {
        val ANSWER = floatArrayOf(-4f, 0f, 4f, 2f)
    }
}

/** The process is gone, and nothing of it runs on. */
class ProcessEnded : Error()

/**
 * A phone whose clock moves only by what runs on it; [candidates] that are not described run in a millisecond.
 *
 * A driver that crashes ends the process, as does a user who is told that one hangs: nothing reaches the disk after that, and
 * [restart] begins the next process. [explains] says whether Android tells how a process ended.
 */
class FakePhone(vararg described: Pair<String, Behaviour>, private val explains: Boolean = true) {
    val behaviours = described.toMap().toMutableMap()
    val open = ArrayList<String>()
    val started = ArrayList<String>()
    val told = ArrayList<String>()
    val memory = FakeMemory()
    val notes = HashMap<String, String>()
    var nanos = 0L
    private val deaths = HashMap<AppProcess, Death>()
    private var process = AppProcess(1, "1")
    private var kept = KeptRunners()
    private var onStuck: (() -> Unit)? = null

    /** Dies in the middle of the run with this number, counted over all candidates. */
    var swipedAtRun = Int.MAX_VALUE
    private var runs = 0
    private val isDead get() = process in deaths

    val drivers get() = DriverMemory(FakeNotes(), process, { ended, _ -> if (explains) deaths.getValue(ended) else Death.UNKNOWN }) { 0 }

    fun tuned(
        choice: String? = null,
        vararg candidates: String = arrayOf("cpu1", "cpu2", "cpu4", "gpu"),
        model: String = "model",
        files: List<ModelContract> = listOf(CONTRACT),
    ): TunedRunner {
        val plan = TuningPlan(candidates.map(::candidate), choice?.let(::candidate), Candidate.cpu(2))
        val listener = FakeListener()
        val drivers = Drivers(model, drivers, kept, ::watch, listener, ::start)
        return TunedRunner(Variants(files), plan, memory, drivers, listener) { nanos }
    }

    /** The next process of the app, after this one has died or was ended with [death]. */
    fun restart(death: Death = Death.ENDED) {
        die(death)
        process = AppProcess(process.pid + 1, (process.pid + 1).toString())
        memory.isFrozen = false
        kept = KeptRunners()
        open.clear()
        started.clear()
        told.clear()
        runs = 0
    }

    /** Whatever [action] does with a runner until its process dies; null if that happens. */
    fun <T> untilDeath(action: () -> T): T? =
        try {
            action()
        } catch (_: ProcessEnded) {
            null
        }

    private fun die(death: Death) {
        deaths.putIfAbsent(process, death)
        memory.isFrozen = true
    }

    private fun end(death: Death): Nothing {
        die(death)
        throw ProcessEnded()
    }

    private fun start(candidate: Candidate): ModelRunner {
        val behaviour = behaviours.getOrPut(candidate.key) { Behaviour() }
        started += candidate.key
        nanos += (behaviour.startMs * 1e6).toLong()
        behaviour.failsToStart?.let { throw it }
        meet(behaviour, Moment.START)
        return FakeRunner(candidate.key, behaviour)
    }

    /** What the driver does at this [moment] if it is one of the bad ones; a user who is told that it hangs ends the app. */
    private fun meet(behaviour: Behaviour, moment: Moment) {
        if (behaviour.crashesAt == moment) end(Death.CRASH)
        if (behaviour.hangsAt != moment) return
        checkNotNull(onStuck) { "nobody watches" }()
        end(Death.ENDED)
    }

    private fun watch(onStuck: () -> Unit): AutoCloseable {
        this.onStuck = onStuck
        return AutoCloseable { this.onStuck = null }
    }

    private inner class FakeListener : TuningListener {
        override fun onStuck(candidate: Candidate) {
            told += "${candidate.key} hangs"
        }

        override fun onDropped(trial: Trial, error: Throwable?) {
            told += "${trial.candidate.key} ${error?.javaClass?.simpleName ?: trial.outcome}"
        }
    }

    private inner class FakeRunner(private val key: String, private val behaviour: Behaviour) : ModelRunner {
        private var own = 0
        private var closed = false

        init {
            open += key
        }

        override fun run(input: ByteBuffer): List<ByteBuffer> {
            check(!closed) { "$key was closed" }
            if (++runs >= swipedAtRun) end(Death.ENDED)
            meet(behaviour, Moment.RUN)
            if (++own >= behaviour.failsAtRun) throw IllegalArgumentException("$key lost its context\nin detail")
            nanos += (behaviour.runMs * 1e6).toLong()
            val output = ByteBuffer.allocateDirect(4 * behaviour.answer.size).order(ByteOrder.nativeOrder())
            behaviour.answer.forEachIndexed { index, value -> output.putFloat(4 * index, value) }
            return listOf(output)
        }

        override fun close() {
            if (isDead) return
            check(!closed) { "$key was closed twice" }
            meet(behaviour, Moment.CLOSE)
            closed = true
            open -= key
        }
    }

    private inner class FakeNotes : Notes {
        override val keys: Set<String> get() = notes.keys.toSet()

        override fun read(key: String): String? = notes[key]

        override fun write(key: String, text: String?) {
            if (isDead) return
            if (text == null) notes -= key else notes[key] = text
        }
    }

    companion object {
        val INPUT: ByteBuffer = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder())
        val CONTRACT = contract(Decoder.Points())

        fun candidate(key: String) = checkNotNull(Candidate.of(key)) { key }

        fun contract(decoder: Decoder, dtype: ElementType = ElementType.FLOAT32, scale: Float = 0f) = ModelContract(
            name = "fake", file = "fake.tflite", sha256 = "0", task = "landmarks",
            inputs = listOf(InputContract("input", listOf(1), ElementType.FLOAT32, mean = listOf(0f), std = listOf(1f))),
            outputs = listOf(OutputContract("output", listOf(1, 4), dtype, scale, labels = listOf("a"))),
            decoder = decoder,
        )
    }
}

/** Remembers for as long as a test lasts; nothing any more once it [isFrozen]. */
class FakeMemory : TuningMemory {
    var tuning: Tuning? = null
    var isFrozen = false

    override fun recall(): Tuning? = tuning

    override fun remember(tuning: Tuning) {
        if (!isFrozen) this.tuning = tuning
    }

    override fun forget() {
        tuning = null
    }
}
