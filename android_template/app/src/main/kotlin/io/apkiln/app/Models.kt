package io.apkiln.app

import android.content.Context
import android.util.Log
import io.apkiln.app.info.Info
import io.apkiln.app.info.ModelInfo
import io.apkiln.app.model.DamagedModel
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.UnusableLibrary
import io.apkiln.app.model.loadingLibrary
import io.apkiln.app.model.openModel
import io.apkiln.app.settings.DelegateSettings
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.Drivers
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.Trial
import io.apkiln.app.tuning.TunedRunner
import io.apkiln.app.tuning.TuningListener
import io.apkiln.app.tuning.Variants

/**
 * Starts the app's models as configured; for the thread that runs them. [onTrying] is called before each measurement,
 * [onStuck] when one takes too long, on another thread.
 */
class Models(
    private val context: Context,
    private val onStuck: (Candidate) -> Unit = {},
    private val onTrying: (Candidate) -> Unit,
) {
    private val app = context.applicationContext as ModelApp
    private val settings by lazy { DelegateSettings(app) }
    private val opened = ArrayList<TunedRunner>()

    /** What the models that have started run on, by model name, in order. */
    val states: Map<String, DelegateState>
        get() = buildMap { opened.forEach { runner -> runner.state?.let { put(runner.contract.name, it) } } }

    /** A runner of [contract]'s model, in whichever of its files is best here, which the caller must close. Throws if the model can't be used. */
    fun open(contract: ModelContract): TunedRunner {
        val variants = Variants(ModelContracts.variants(contract))
        val contents = variants.files.map { openModel(context, it) }
        val listener = Listener(contract)
        val drivers = Drivers(contract.sha256, settings.drivers, app.keptRunners, app.watchdog, listener) { candidate ->
            loadingLibrary {
                if (candidate.processor == Processor.GPU || candidate.processor == Processor.GPU_32) settings.askAboutGpu()
                val file = variants.of(candidate)
                val content = contents[variants.files.indexOf(file)].duplicate()
                app.runtime.start(content, file, candidate, settings.kernels(file))
            }
        }
        return TunedRunner(variants, settings.plan(), settings.memory(contract), drivers, listener).also { opened += it }
    }

    /** Forgets the runners, all of which have been closed. */
    fun clear() = opened.clear()

    fun choose(key: String) {
        settings.choice = key
    }

    /** Forgets all measurements of [contracts], and goes back to the automatic choice. */
    fun forget(contracts: List<ModelContract>) = settings.forget(contracts)

    /** All that is known about the models; [framesPerSecond] is null if there are no frames. */
    fun info(framesPerSecond: Float?) = Info(
        models = opened.map { ModelInfo(it.contract, it.state, it.startMs, it.times.summary()) },
        framesPerSecond = framesPerSecond,
        choice = settings.choice,
        choices = settings.choices,
        isWithoutGpu = settings.isWithoutGpu,
        isGpuListed = settings.isGpuListed,
    )

    private inner class Listener(private val contract: ModelContract) : TuningListener {
        override fun onTrying(candidate: Candidate) = this@Models.onTrying(candidate)

        override fun onStuck(candidate: Candidate) {
            Log.w(LogTag.DELEGATE, "${contract.file} on ${candidate.key} does not come back")
            this@Models.onStuck(candidate)
        }

        override fun onDropped(trial: Trial, error: Throwable?) {
            Log.w(LogTag.DELEGATE, "${contract.file} on ${trial.candidate.key}: ${trial.outcome}", error)
        }
    }
}

/** Why a model can't be used, for the screen. */
fun failureText(context: Context, error: Exception): String = when (error) {
    is DamagedModel -> context.getString(R.string.status_model_damaged, error.file)
    is UnusableLibrary -> context.getString(R.string.status_library_failed, error.message)
    else -> context.getString(R.string.status_model_failed, error.message ?: error.javaClass.simpleName)
}
