package io.apkiln.app.info

import io.apkiln.app.model.ModelContract
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.RunSummary

/**
 * What an app tells of itself at one moment; [choice] and [choices] are keys of DelegateSettings, [isWithoutGpu] is its
 * ModelRuntime's.
 */
class Info(
    val models: List<ModelInfo>,
    val framesPerSecond: Float?,
    val choice: String,
    val choices: List<String>,
    val isWithoutGpu: Boolean = false,
)

/** One model; [state] and [times] are null before its first run. */
class ModelInfo(
    val contract: ModelContract,
    val state: DelegateState?,
    val startMs: Double,
    val times: RunSummary?,
)

/** Who can tell, and change how the models are computed; on the main thread. */
interface InfoSource {
    /** Calls [answer] with what is known, on the main thread, soon. */
    fun askInfo(answer: (Info) -> Unit)

    fun chooseDelegate(key: String)

    fun measureAgain()
}
