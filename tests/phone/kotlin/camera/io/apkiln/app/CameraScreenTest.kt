package io.apkiln.app

import android.Manifest
import android.app.Activity
import android.content.pm.PackageManager
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
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.util.ReflectionHelpers

/** The camera: which one, who may use it, who takes it away, and that it is given back. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class CameraScreenTest {
    @get:Rule
    val ended = EndedActivities()

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
        awaitOnMain("its picture's shape") {
            preview.measure(View.MeasureSpec.makeMeasureSpec(900, View.MeasureSpec.EXACTLY), View.MeasureSpec.makeMeasureSpec(2000, View.MeasureSpec.EXACTLY))
            900 to 1200 == preview.measuredWidth to preview.measuredHeight
        }
        assertEquals(View.GONE, activity.switch.visibility)
    }

    @Test
    fun noCameraAtAllIsSaid() {
        allowCamera()
        start().awaitStatus(RuntimeEnvironment.getApplication().getString(R.string.camera_none))
    }

    private fun ActivityController<MainActivity>.settle() {
        Thread.sleep(100)
        shadowOf(get().mainLooper).idle()
    }

    @Test
    fun withoutThePermissionThePanelAsks() {
        addCamera("1", front = true)
        val activity = start()
        assertEquals(View.VISIBLE, activity.panel.visibility)
        activity.pause()
        allowCamera()
        activity.resume().withTexture()
        assertEquals(View.GONE, activity.panel.visibility)
        activity.pause()
        shadowOf(RuntimeEnvironment.getApplication()).denyPermissions(Manifest.permission.CAMERA)
        activity.resume()
        assertEquals(View.VISIBLE, activity.panel.visibility)
    }

    /** As AOSP answers: no rationale before a refusal, none after the last one, and the same as before after a dismissal. */
    @Test
    fun aDismissedQuestionIsNoRefusalForGood() {
        val activity = start()
        activity.answer(rationale = false)
        assertEquals("dismissed", "ask", activity.buttons)
        activity.get().findViewById<View>(R.id.permission_ask).performClick()
        activity.answer(rationale = true)
        assertEquals("refused", "ask", activity.buttons)
        activity.get().findViewById<View>(R.id.permission_ask).performClick()
        activity.answer(rationale = true)
        assertEquals("dismissed", "ask", activity.buttons)
        activity.get().findViewById<View>(R.id.permission_ask).performClick()
        activity.pause().stop().destroy()

        val later = start() // and the app was ended in between
        later.answer(rationale = false)
        assertEquals("refused for good", "settings", later.buttons)
        later.get().findViewById<View>(R.id.permission_settings).performClick()
        assertEquals(android.provider.Settings.ACTION_APPLICATION_DETAILS_SETTINGS, shadowOf(later.get()).nextStartedActivity.action)
        later.pause()
        allowCamera()
        later.resume().pause()
        shadowOf(RuntimeEnvironment.getApplication()).denyPermissions(Manifest.permission.CAMERA)
        later.resume()
        later.get().findViewById<View>(R.id.permission_ask).performClick()
        later.answer(rationale = false)
        assertEquals("allowed and taken back: everything as at first", "ask", later.buttons)
    }

    @Test
    fun whereTheSystemNeverSaysWhyBothMayHelp() {
        val activity = start()
        activity.answer(rationale = false)
        activity.get().findViewById<View>(R.id.permission_ask).performClick()
        activity.answer(rationale = false)
        assertEquals("ask settings", activity.buttons)
    }

    private val ActivityController<MainActivity>.panel get() = get().findViewById<View>(R.id.permission_panel)

    private val ActivityController<MainActivity>.buttons: String
        get() = listOf("ask" to R.id.permission_ask, "settings" to R.id.permission_settings)
            .filter { get().findViewById<View>(it.second).visibility == View.VISIBLE }.joinToString(" ") { it.first }

    /** The question that was asked last is answered with no. */
    private fun ActivityController<MainActivity>.answer(rationale: Boolean) {
        shadowOf(get().packageManager).setShouldShowRequestPermissionRationale(Manifest.permission.CAMERA, rationale)
        val asked = shadowOf(get()).lastRequestedPermission
        assertEquals(listOf(Manifest.permission.CAMERA), asked.requestedPermissions.toList())
        ReflectionHelpers.setField(Activity::class.java, get(), "mHasCurrentPermissionsRequest", false) // as its dispatcher does
        get().onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, IntArray(1) { PackageManager.PERMISSION_DENIED })
        assertEquals(View.VISIBLE, panel.visibility)
    }

    @Test
    fun pausingAndResumingKeepsNothing() {
        val others = ownThreads().size
        addCamera("1", front = true)
        allowCamera()
        val activity = start()
        activity.settle()
        val before = ownThreads().size
        repeat(20) { activity.pause().stop().start().resume().withTexture() }
        activity.settle()
        assertEquals(before, ownThreads().size)
        repeat(5) { activity.switch.performClick() }
        activity.pause().stop().destroy()
        awaitOnMain("the end of its threads") { ownThreads().size <= others }
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
