package io.apkiln.app.info

import io.apkiln.app.model.ModelContract
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.RunSummary

/**
 * The state of the app's models; [choice] and [choices] are keys of DelegateSettings, [isWithoutGpu] is that of its
 * ModelRuntime, and so is [isGpuListed], null as long as it was not asked.
 */
class Info(
    val models: List<ModelInfo>,
    val framesPerSecond: Float?,
    val choice: String,
    val choices: List<String>,
    val isWithoutGpu: Boolean = false,
    val isGpuListed: Boolean? = null,
)

/** One model; [state] and [times] are null before its first run. */
class ModelInfo(
    val contract: ModelContract,
    val state: DelegateState?,
    val startMs: Double,
    val times: RunSummary?,
)

/** Knows the state of the models, and changes what they run on. For the main thread. */
interface InfoSource {
    /** Calls [answer] with the current state, later on the main thread. */
    fun askInfo(answer: (Info) -> Unit)

    fun chooseDelegate(key: String)

    fun measureAgain()

    /** Whether the screen shows all points of an answer, not only those that it is about; null if there is nothing to choose. */
    var allPoints: Boolean?
        get() = null
        set(_) = Unit
}
