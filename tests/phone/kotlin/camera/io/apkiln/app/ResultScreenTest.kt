package io.apkiln.app

import android.view.View
import android.view.accessibility.AccessibilityEvent
import android.view.accessibility.AccessibilityManager
import android.widget.RadioGroup
import com.airbnb.lottie.LottieAnimationView
import io.apkiln.app.overlay.Announcer
import io.apkiln.app.overlay.DrawView
import io.apkiln.app.overlay.ViewMapping
import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.preview.pass
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.Processor
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
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
import org.robolectric.shadows.ShadowDialog

/** What the screen says of frames, good ones and broken ones, and of what computes them. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class, qualifiers = "w360dp-h780dp-port-notnight-xxhdpi")
class ResultScreenTest {
    @get:Rule
    val ended = EndedActivities()

    private val app get() = RuntimeEnvironment.getApplication() as GpuApp

    private fun start(): ActivityController<MainActivity> {
        allowCamera()
        return Robolectric.buildActivity(MainActivity::class.java).setup().also { Screen(it.get()).layOut() }
    }

    private val ActivityController<MainActivity>.follower get() = get().findViewById<LottieAnimationView>(R.id.follower)
    private val ActivityController<MainActivity>.overlay get() = get().findViewById<DrawView>(R.id.overlay)

    @Test
    fun aPointIsWhereTheUprightAndMirroredPictureShowsIt() {
        // The sensor sees it at the right, a quarter down; turned and mirrored as the preview is:
        val places = mapOf(
            (0 to false) to (0.75 to 0.25), (90 to false) to (0.75 to 0.75), (180 to false) to (0.25 to 0.75), (270 to false) to (0.25 to 0.25),
            (0 to true) to (0.25 to 0.25), (90 to true) to (0.25 to 0.75), (180 to true) to (0.75 to 0.75), (270 to true) to (0.75 to 0.25),
        )
        for ((turn, place) in places) {
            val result = resultOf(RedSquare(0.75, 0.25, turn.first, turn.second))
            assertTrue("$turn", result.found)
            val (x, y) = checkNotNull(result.anchor)
            assertEquals("$turn x", place.first, x.toDouble() / result.imageWidth, 0.07)
            assertEquals("$turn y", place.second, y.toDouble() / result.imageHeight, 0.07)
        }
    }

    @Test
    fun theAnimationFollowsThePointAndGoesWhereThereIsNone() {
        val activity = start()
        val frame = RedSquare(0.75, 0.25, 270, mirror = true)
        repeat(60) {
            activity.analyze(frame)
            pass(33)
        }
        assertNotNull("the animation was read", activity.follower.composition)
        assertEquals(View.VISIBLE, activity.follower.visibility)
        val overlay = activity.overlay
        val mapping = ViewMapping().apply { set(480, 640, overlay.width, overlay.height) }
        val (x, y) = checkNotNull(resultOf(frame).anchor)
        assertEquals(mapping.x(x), activity.follower.x + activity.follower.width / 2f, 2f)
        assertEquals(mapping.y(y), activity.follower.y + activity.follower.height / 2f, 2f)
        activity.analyze(RedSquare(9.0, 9.0))
        assertEquals(View.INVISIBLE, activity.follower.visibility)
    }

    @Test
    fun talkBackHearsWhereItIsButNotAtEachFrame() {
        val activity = start()
        val talkBack = shadowOf(app.getSystemService(AccessibilityManager::class.java)).apply { setEnabled(true) }
        val said = ArrayList<String>()
        repeat(120) { n ->
            activity.analyze(RedSquare(if (n % 20 < 10) 0.2 else 0.8, 0.5))
            val words = activity.overlay.contentDescription.toString()
            if (said.lastOrNull() != words) said += words
            pass(33)
        }
        assertTrue("$said", said.size in 2..3)
        val told = talkBack.sentAccessibilityEvents.filter {
            it.eventType == AccessibilityEvent.TYPE_WINDOW_CONTENT_CHANGED &&
                it.contentChangeTypes == AccessibilityEvent.CONTENT_CHANGE_TYPE_CONTENT_DESCRIPTION
        }
        assertTrue("${told.size} of ${said.size}", told.size in said.size - 1..said.size)
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, activity.overlay.accessibilityLiveRegion)
        assertTrue("$said", activity.get().getString(R.string.overlay_found, activity.get().getString(R.string.place_left)) in said)
        val announcer = Announcer()
        assertEquals(listOf("a", null, null, "b"), listOf("a" to 0L, "a" to 9L, "b" to 1_999_999_999L, "b" to 2_000_000_001L).map { announcer.next(it.second) { it.first } })
    }

    @Test
    fun aFrameThatCantBeReadIsSaidAndTheNextOneCounts() {
        val activity = start()
        val broken = listOf(
            RedSquare(0.5, 0.5, shortBy = 1), RedSquare(0.5, 0.5, uvPixelStride = 0), RedSquare(0.5, 0.5, width = 0),
            RedSquare(0.5, 0.5, rotationDegrees = 45), RedSquare(0.5, 0.5, shortBy = 1_000_000),
        )
        for (frame in broken) {
            activity.analyze(frame)
            activity.awaitStatus(activity.get().getString(R.string.frame_failed, "").substringBefore("("))
            activity.analyze(RedSquare(0.5, 0.5, uvPixelStride = 3))
            activity.awaitStatus("GPU")
        }
    }

    @Test
    fun aGpuLostInTheMiddleIsNamedAndTheCpuGoesOn() {
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GPU")
        app.lost = true
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GPU: failed, GL context is gone")
        assertTrue(activity.status, activity.status.startsWith("CPU"))
        activity.analyze(RedSquare(0.5, 0.5))
        assertEquals(View.VISIBLE, activity.follower.visibility)
    }

    @Test
    fun whatWasWantedAndIsNotThereIsNamed() {
        val activity = start()
        activity.get().chooseDelegate("nnapi")
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("NNAPI: not supported")
        assertTrue(activity.status, activity.status.startsWith("CPU"))
    }

    @Test
    fun modelsAreNamedWhereTheyAreComputedDifferently() {
        val one = DelegateState(Candidate(Processor.CPU, 1), Cause.CHOSEN)
        val two = DelegateState(Candidate(Processor.CPU, 2), Cause.CHOSEN)
        assertEquals("CPU, 1 thread", statusText(app.resources, mapOf("face" to one, "points" to one)))
        assertEquals("face: CPU, 1 thread\npoints: CPU, 2 threads", statusText(app.resources, mapOf("face" to one, "points" to two)))
    }

    @Test
    fun theWinnerIsRememberedAndMeasuredAgainWhenAsked() {
        val first = start()
        first.analyze(RedSquare(0.5, 0.5))
        first.awaitStatus("GPU")
        first.pause().stop().destroy()
        app.started.clear()
        val second = start()
        second.analyze(RedSquare(0.5, 0.5))
        second.awaitStatus("GPU")
        assertEquals("one run to compare with, then the winner", 2, app.started.size)
        second.get().measureAgain()
        second.analyze(RedSquare(0.5, 0.5))
        assertTrue("${app.started}", app.started.size > 4)
    }

    @Test
    fun theSheetTellsAndChanges() {
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.get().findViewById<View>(R.id.show_info).performClick()
        val choices = { ShadowDialog.getLatestDialog()?.findViewById<RadioGroup>(R.id.info_choices) }
        awaitOnMain("the sheet") { (choices()?.childCount ?: 0) > 1 }
        val group = checkNotNull(choices())
        assertEquals("automatic", 1, group.checkedRadioButtonId)
        group.getChildAt(1).performClick()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus(activity.get().resources.getQuantityString(R.plurals.delegate_cpu, 1, 1))
        activity.get().findViewById<View>(R.id.show_info).performClick()
        assertEquals("a second sheet", 1, activity.get().supportFragmentManager.fragments.size)
        ShadowDialog.getLatestDialog().findViewById<View>(R.id.info_measure).performClick()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GPU")
        ShadowDialog.getLatestDialog().findViewById<View>(R.id.info_close).performClick()
        awaitOnMain("the end of the sheet") { activity.get().supportFragmentManager.fragments.isEmpty() }
    }
}
