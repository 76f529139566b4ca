package io.apkiln.app.preview

import io.apkiln.app.ModelApp
import io.apkiln.app.model.DesktopRunner
import io.apkiln.app.model.ModelRuntime

/** The app with its models on this machine's TensorFlow Lite. */
class DesktopApp : ModelApp() {
    override val runtime: ModelRuntime = DesktopRunner
}
