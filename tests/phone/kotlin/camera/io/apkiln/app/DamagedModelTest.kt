package io.apkiln.app

import io.apkiln.app.model.DamagedModel
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog

/** A model whose file is not what the app was generated for: said on the screen, again after another choice. */
@RunWith(OtherPackageRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class DamagedModelTest {
    @get:Rule
    val ended = EndedActivities()

    @Test
    fun isSaid() {
        allowCamera()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        activity.awaitStatus("hand_joints.tflite")
        assertTrue(ShadowLog.getLogsForTag(LogTag.MODEL).any { it.throwable is DamagedModel })
        activity.analyze(RedSquare(0.5, 0.5))
        activity.get().chooseDelegate("cpu1")
        activity.awaitStatus("hand_joints.tflite")
        activity.recreate().awaitStatus("hand_joints.tflite")
    }
}
