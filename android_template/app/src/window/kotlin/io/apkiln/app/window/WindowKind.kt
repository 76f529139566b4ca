package io.apkiln.app.window

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.ModelContract
import io.apkiln.app.task.TaskKind

/** Whether a window of samples is abnormal. */
object WindowKind : TaskKind<WindowAnswer> {
    override fun decoder(contract: ModelContract) = WindowDecoder(contract)

    override fun words(answer: WindowAnswer, resources: Resources): String =
        resources.getString(if (answer.alarm) R.string.window_abnormal else R.string.window_normal)
}
