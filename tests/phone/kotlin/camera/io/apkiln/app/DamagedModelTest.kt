package io.apkiln.app

import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.annotation.Config

/** A model whose file is not what the app was generated for: said on the screen, again after another choice. */
@RunWith(OtherPackageRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class DamagedModelTest {
    @Test
    fun isSaid() {
        allowCamera()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        activity.awaitStatus("hand_joints.tflite")
        activity.analyze(RedSquare(0.5, 0.5))
        activity.get().chooseDelegate("cpu1")
        activity.awaitStatus("hand_joints.tflite")
    }
}
