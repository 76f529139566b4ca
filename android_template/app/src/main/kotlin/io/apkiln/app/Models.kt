package io.apkiln.app

import android.content.Context
import io.apkiln.app.info.Info
import io.apkiln.app.info.ModelInfo
import io.apkiln.app.model.DamagedModel
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.openModel
import io.apkiln.app.settings.DelegateSettings
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.TunedRunner

/** Starts the app's models as configured; for the thread that runs them. [onTrying] is called before each measurement. */
class Models(private val context: Context, private val onTrying: (Candidate) -> Unit) {
    private val runtime = (context.applicationContext as ModelApp).runtime
    private val settings by lazy { DelegateSettings(context, runtime) }
    private val opened = ArrayList<TunedRunner>()

    /** What the models that have started run on, by model name, in order. */
    val states: Map<String, DelegateState>
        get() = buildMap { opened.forEach { runner -> runner.state?.let { put(runner.contract.name, it) } } }

    /** A runner of [contract]'s model, which the caller must close. Throws if the model can't be used. */
    fun open(contract: ModelContract): TunedRunner {
        val content = openModel(context, contract)
        val start = { candidate: Candidate -> runtime.start(content.duplicate(), contract, candidate) }
        return TunedRunner(contract, settings.plan(), settings.memory(contract), start, onTrying).also { opened += it }
    }

    /** Forgets the runners, all of which have been closed. */
    fun clear() = opened.clear()

    fun choose(key: String) {
        settings.choice = key
    }

    /** Forgets all measurements of [contracts], and goes back to the automatic choice. */
    fun forget(contracts: List<ModelContract>) {
        settings.choice = DelegateSettings.AUTOMATIC
        contracts.forEach { settings.memory(it).forget() }
    }

    /** All that is known about the models; [framesPerSecond] is null if there are no frames. */
    fun info(framesPerSecond: Float?) = Info(
        models = opened.map { ModelInfo(it.contract, it.state, it.startMs, it.times.summary()) },
        framesPerSecond = framesPerSecond,
        choice = settings.choice,
        choices = settings.choices,
        isWithoutGpu = settings.isWithoutGpu,
    )
}

/** Why a model can't be used, for the screen. */
fun failureText(context: Context, error: Exception): String =
    if (error is DamagedModel) {
        context.getString(R.string.status_model_damaged, error.file)
    } else {
        context.getString(R.string.status_model_failed, error.message ?: error.javaClass.simpleName)
    }
