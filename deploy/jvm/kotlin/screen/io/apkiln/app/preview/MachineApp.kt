package io.apkiln.app.preview

import io.apkiln.app.ModelApp
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.model.machineRuntime

/** The app with its models on this machine, which has no sensors. */
class MachineApp : ModelApp() {
    override val runtime: ModelRuntime = machineRuntime
    override val hasSensors = false
}
