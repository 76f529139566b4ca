package io.apkiln.app

import android.Manifest
import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View
import android.widget.ImageButton
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.overlay.DrawView
import io.apkiln.app.preview.awaitOnMain
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The camera: which one, who may use it, who takes it away, and that it is given back. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class CameraScreenTest {
    private fun start(): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup().withTexture()

    private val ActivityController<MainActivity>.switch get() = get().findViewById<ImageButton>(R.id.switch_camera)

    private fun ActivityController<MainActivity>.awaitSwitch(words: Int) =
        awaitOnMain("the other camera") { switch.visibility == View.VISIBLE && switch.contentDescription == get().getString(words) }

    @Test
    fun theFrontCameraComesFirstAndTheButtonSwitches() {
        addCamera("0", front = false)
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        activity.awaitSwitch(R.string.switch_to_back)
        activity.switch.performClick()
        activity.awaitSwitch(R.string.switch_to_front)
        activity.switch.performClick()
        activity.awaitSwitch(R.string.switch_to_back)
    }

    @Test
    fun theChosenSideStaysWhenTheActivityIsMadeAnew() {
        addCamera("0", front = false)
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        activity.awaitSwitch(R.string.switch_to_back)
        activity.switch.performClick()
        activity.awaitSwitch(R.string.switch_to_front)
        val again = activity.recreate().withTexture()
        again.awaitSwitch(R.string.switch_to_front)
    }

    @Test
    fun aLonelyCameraHasNothingToSwitch() {
        addCamera("0", front = false)
        allowCamera()
        val activity = start()
        val preview = activity.get().findViewById<AutofitTextureView>(R.id.preview)
        preview.measure(View.MeasureSpec.makeMeasureSpec(900, View.MeasureSpec.EXACTLY), View.MeasureSpec.makeMeasureSpec(2000, View.MeasureSpec.EXACTLY))
        assertEquals(900 to 1200, preview.measuredWidth to preview.measuredHeight)
        assertEquals(View.GONE, activity.switch.visibility)
    }

    @Test
    fun noCameraAtAllIsSaid() {
        allowCamera()
        start().awaitStatus(RuntimeEnvironment.getApplication().getString(R.string.camera_none))
    }

    @Test
    fun aCameraThatIsTakenIsSaidAndComesBackByItself() {
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        activity.settle()
        shadowOf(cameraManager()).triggerDisconnect()
        activity.awaitStatus(activity.get().getString(R.string.camera_disconnected))
        shadowOf(cameraManager()).removeCamera("1")
        addCamera("1", front = true)
        activity.awaitStatus(activity.get().getString(R.string.status_starting))
        activity.settle()
        shadowOf(cameraManager()).triggerDisconnect()
        activity.awaitStatus(activity.get().getString(R.string.camera_disconnected))
        activity.pause().resume().withTexture()
        activity.awaitStatus(activity.get().getString(R.string.status_starting))
        activity.settle()
        shadowOf(cameraManager()).triggerDisconnect()
        activity.awaitStatus(activity.get().getString(R.string.camera_disconnected))
    }

    private fun ActivityController<MainActivity>.settle() {
        Thread.sleep(100)
        shadowOf(get().mainLooper).idle()
    }

    @Test
    fun withoutThePermissionThePanelAsksAndTheSettingsHelpInTheEnd() {
        addCamera("1", front = true)
        val activity = start()
        val panel = activity.get().findViewById<View>(R.id.permission_panel)
        assertEquals(View.VISIBLE, panel.visibility)
        val asked = shadowOf(activity.get()).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.CAMERA), asked.requestedPermissions.toList())
        val refused = IntArray(1) { android.content.pm.PackageManager.PERMISSION_DENIED }
        activity.get().onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, refused)
        assertEquals(View.VISIBLE, activity.get().findViewById<View>(R.id.permission_settings).visibility)
        activity.get().findViewById<View>(R.id.permission_settings).performClick()
        assertEquals(android.provider.Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(activity.get()).nextStartedActivity.action)

        activity.pause()
        allowCamera()
        activity.resume().withTexture()
        assertEquals(View.GONE, panel.visibility)
        activity.pause()
        shadowOf(RuntimeEnvironment.getApplication()).denyPermissions(Manifest.permission.CAMERA)
        activity.resume()
        assertEquals(View.VISIBLE, panel.visibility)
    }

    @Test
    fun pausingAndResumingKeepsNothing() {
        val others = ownThreads()
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        activity.settle()
        val before = ownThreads()
        repeat(20) { activity.pause().stop().start().resume().withTexture() }
        activity.settle()
        assertEquals(before, ownThreads())
        repeat(5) { activity.switch.performClick() }
        activity.pause().stop().destroy()
        awaitOnMain("the end of its threads") { ownThreads() <= others }
    }

    @Test
    fun aScreenWithoutAnAreaIsNoError() {
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        val preview = activity.get().findViewById<AutofitTextureView>(R.id.preview)
        val overlay = activity.get().findViewById<DrawView>(R.id.overlay)
        val result = resultOfRedDot(activity)
        for (size in listOf(0 to 0, 0 to 5, 5 to 0, 1 to 1)) {
            preview.layout(0, 0, size.first, size.second)
            overlay.layout(0, 0, size.first, size.second)
            activity.get().onSurfaceTextureSizeChanged(android.graphics.SurfaceTexture(false), size.first, size.second)
            activity.get().onResult(result, 30f, emptyMap())
            overlay.draw(Canvas(Bitmap.createBitmap(8, 8, Bitmap.Config.ARGB_8888)))
        }
        assertTrue(result.found)
        assertFalse(activity.get().isFinishing)
    }
}
