package io.apkiln.app.library

import io.apkiln.app.model.KernelCache
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.model.TfliteRunner
import io.apkiln.app.model.directBuffer
import io.apkiln.app.parity.Case
import io.apkiln.app.tuning.Agreement
import io.apkiln.app.tuning.AppProcess
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Death
import io.apkiln.app.tuning.DriverMemory
import io.apkiln.app.tuning.Drivers
import io.apkiln.app.tuning.KeptRunners
import io.apkiln.app.tuning.Notes
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.TimedWatchdog
import io.apkiln.app.tuning.Trial
import io.apkiln.app.tuning.TunedRunner
import io.apkiln.app.tuning.Tuning
import io.apkiln.app.tuning.TuningListener
import io.apkiln.app.tuning.TuningMemory
import io.apkiln.app.tuning.TuningPlan
import io.apkiln.app.tuning.Variants
import java.nio.ByteBuffer

val CPU = Candidate.cpu(1)
val GPU = Candidate(Processor.GPU)
val GPU_32 = Candidate(Processor.GPU_32)

/** A model that Python wrote, and an input of it, for the app's own runner on the phone's own library. */
class RealModel(case: Case) {
    val name = case.text("name")
    val contract: ModelContract = case.contract()
    val input: ByteBuffer = case.bytes("input")
    private val content = directBuffer(case.model("model"))

    fun start(candidate: Candidate, kernels: KernelCache? = null): ModelRunner =
        TfliteRunner.start(content.duplicate(), contract, candidate, kernels)

    /** Judges answers by that of one CPU thread. */
    val exact: Agreement by lazy {
        val cpu = start(CPU)
        Agreement(contract).apply { setExact(cpu.run(input)) }.also { cpu.close() }
    }

    /** How far [runner]'s answer is from the CPU's, as a share of its range. */
    fun difference(runner: ModelRunner): Float = exact.difference(runner.run(input))

    override fun toString() = name

    companion object {
        val all: List<RealModel> by lazy { Case.all("model").map(::RealModel) }

        fun named(name: String): RealModel = all.single { it.name == name }
    }
}

/** The app's tuner around a [model], with all that it remembers and hears; its clock moves by [STEP_NANOS] a look. */
class RealTuner(private val model: RealModel, private val process: String = "1") : TuningListener, TuningMemory {
    private val notes = object : Notes {
        val texts = HashMap<String, String>()
        override val keys get() = texts.keys.toSet()

        override fun read(key: String) = texts[key]

        override fun write(key: String, text: String?) {
            if (text == null) texts -= key else texts[key] = text
        }
    }
    private val drivers by lazy {
        val memory = DriverMemory(notes, AppProcess(1, process), { _, _ -> Death.UNKNOWN })
        Drivers(model.contract.sha256, memory, KeptRunners(), TimedWatchdog(), this, model::start)
    }
    private var nanos = 0L
    private var tuning: Tuning? = null
    val dropped = ArrayList<Trial>()

    /** A runner that measures [candidates], or takes the [choice]. */
    fun runner(choice: Candidate? = null, candidates: List<Candidate> = listOf(CPU, GPU)) =
        TunedRunner(Variants(listOf(model.contract)), TuningPlan(candidates, choice, CPU), this, drivers, this) { STEP_NANOS.let { nanos += it; nanos } }

    override fun onDropped(trial: Trial, error: Throwable?) {
        dropped += trial
    }

    override fun recall(): Tuning? = tuning

    override fun remember(tuning: Tuning) {
        this.tuning = tuning
    }

    override fun forget() {
        tuning = null
    }

    private companion object {
        const val STEP_NANOS = 50_000_000L
    }
}
