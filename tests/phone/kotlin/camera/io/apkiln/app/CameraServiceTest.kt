package io.apkiln.app

import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice.StateCallback
import android.os.Handler
import android.os.Looper
import android.provider.Settings
import android.view.View
import android.view.View.MeasureSpec
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.camera.Fault
import io.apkiln.app.camera.MadeUpDevice
import io.apkiln.app.camera.MadeUpImage
import io.apkiln.app.camera.MadeUpManager
import io.apkiln.app.camera.MadeUpReader
import io.apkiln.app.camera.MadeUpService
import io.apkiln.app.camera.MadeUpSession
import io.apkiln.app.camera.MadeUpSurface
import io.apkiln.app.camera.MadeUpView
import io.apkiln.app.camera.Moment
import io.apkiln.app.camera.SizedTexture
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.preview.pass
import io.apkiln.app.tuning.Candidate
import java.util.concurrent.CountDownLatch
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Before
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
import org.robolectric.shadows.ShadowLog
import org.robolectric.shadows.ShadowLooper

/** A camera whose service fails, at every moment and in every way: the picture comes back by itself, and nothing stays open. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(
    sdk = [35],
    application = GpuApp::class,
    qualifiers = "w360dp-h780dp-port-notnight-xxhdpi",
    shadows = [
        MadeUpManager::class, MadeUpDevice::class, MadeUpSession::class, MadeUpSurface::class,
        MadeUpReader::class, MadeUpImage::class, MadeUpView::class,
    ],
)
class CameraServiceTest {
    @get:Rule
    val ended = EndedActivities()

    private val main = Handler(Looper.getMainLooper())

    @Before
    fun phone() {
        MadeUpService.reset()
        // Else each frame of the animation is drawn for the minutes that pass here.
        Settings.Global.putFloat(RuntimeEnvironment.getApplication().contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
        addCamera("0", front = false)
        addCamera("1", front = true)
        allowCamera()
    }

    @After
    fun nothingIsHeld() = MadeUpService.reset()

    private fun start(): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup().withSizedTexture()

    private fun ActivityController<MainActivity>.withSizedTexture() = apply {
        preview.setSurfaceTexture(SizedTexture())
        get().onSurfaceTextureAvailable(SurfaceTexture(false), 0, 0)
    }

    private val ActivityController<MainActivity>.preview get() = get().findViewById<AutofitTextureView>(R.id.preview)

    /** Lets the camera take pictures until a result is on the screen. */
    private fun ActivityController<MainActivity>.awaitPicture(what: String = "a picture") = awaitOnMain(what, seconds = 20) {
        MadeUpService.picture()
        status.startsWith("GPU")
    }

    private fun ActivityController<MainActivity>.awaitText(text: Int) = awaitStatus(get().getString(text))

    private fun ActivityController<MainActivity>.end() {
        pause().stop().destroy()
        awaitAllClosed()
    }

    /** A frame may still be in use: its reader is closed after it. */
    private fun awaitAllClosed() = awaitOnMain("everything to be closed") { MadeUpService.leaks().isEmpty() }

    /** Lets the main thread and the camera's do all that is due, and tell each other. */
    private fun settle() {
        val looper = ShadowLooper.getAllLoopers().filter { it.thread.name == "camera" && it.thread.isAlive }
        repeat(3) { (looper + Looper.getMainLooper()).forEach { shadowOf(it).idle() } }
    }

    @Test
    fun everyFailureAtEveryMomentIsSaidAndThePictureComesBackByItself() {
        val access = listOf(
            CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE, CameraAccessException.CAMERA_DISABLED,
            CameraAccessException.CAMERA_DISCONNECTED, CameraAccessException.CAMERA_ERROR,
        ).map(::CameraAccessException)
        val others = listOf(
            IllegalArgumentException("gone"), IllegalStateException("closed"), SecurityException("background"),
            UnsupportedOperationException("binder"), ArrayIndexOutOfBoundsException(3),
        )
        val codes = (StateCallback.ERROR_CAMERA_IN_USE..StateCallback.ERROR_CAMERA_SERVICE) + Fault.LOST
        val thrown = listOf(Moment.LISTING, Moment.ASKING, Moment.OPENING, Moment.MAKING_SESSION, Moment.MAKING_REQUEST, Moment.REPEATING)
        val faults = thrown.flatMap { moment -> (access + others).map { Fault(moment, it) } } +
            codes.map { Fault(Moment.ANSWERING, code = it) } + Fault(Moment.CONFIGURING)
        val activity = start()
        activity.awaitPicture()
        for (fault in faults) {
            activity.pause()
            MadeUpService.faults += fault
            val before = MadeUpService.attempts
            activity.resume()
            awaitOnMain("words for $fault", seconds = 20) { activity.status in failures(activity.get()) }
            assertEquals("$fault", before + 1, MadeUpService.attempts)
            if (fault.thrown != null) assertEquals("$fault", fault.thrown, ShadowLog.getLogsForTag(LogTag.CAMERA).last().throwable)
            pass(500)
            activity.awaitPicture("a picture after $fault")
            awaitOnMain("one camera after $fault: ${MadeUpService.leaks()}") { MadeUpService.devices.size == 1 }
        }
        for (code in codes) {
            MadeUpService.happens(code)
            awaitOnMain("words for $code", seconds = 20) { activity.status in failures(activity.get()) }
            val logged = ShadowLog.getLogsForTag(LogTag.CAMERA).last().msg
            assertTrue(logged, if (code == Fault.LOST) "disconnected" in logged else "error $code" in logged)
            pass(500)
            activity.awaitPicture("a picture after $code")
        }
        activity.end()
    }

    private fun failures(activity: MainActivity) =
        listOf(R.string.camera_in_use, R.string.camera_disabled, R.string.camera_disconnected, R.string.camera_failed).map(activity::getString)

    @Test
    fun thePausesGrowAndEndWithTheScreen() {
        MadeUpService.always = Fault(Moment.ANSWERING, code = StateCallback.ERROR_CAMERA_DEVICE)
        val activity = start()
        val due = listOf(0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500)
        for (clock in 0..100_000 step 500) {
            val expected = due.count { it <= clock }
            settle()
            assertEquals("after $clock ms", expected, MadeUpService.attempts)
            pass(500)
        }
        activity.awaitText(R.string.camera_failed)
        activity.get().onTrying(Candidate.cpu(1)) // what was on its way
        activity.awaitText(R.string.camera_failed)
        activity.pause()
        settle()
        val before = MadeUpService.attempts
        pass(100_000)
        settle()
        assertEquals(before, MadeUpService.attempts)
        MadeUpService.always = null
        activity.resume()
        activity.awaitPicture()
        activity.end()
    }

    @Test
    fun aCameraIsTriedSoonWhenItMayBeFree() {
        val activity = start()
        activity.awaitPicture()
        val events = listOf(
            StateCallback.ERROR_CAMERA_IN_USE to { MadeUpService.becomesFree("1", main) },
            Fault.LOST to { MadeUpService.becomesFree("1", main) },
            StateCallback.ERROR_CAMERA_DISABLED to { MadeUpService.prioritiesChange(main) },
        )
        for ((code, event) in events) {
            MadeUpService.always = Fault(Moment.ANSWERING, code = code)
            MadeUpService.happens(code)
            repeat(7) { // until the pauses are long
                settle()
                pass(30_000)
            }
            settle()
            val before = MadeUpService.attempts
            MadeUpService.always = null
            pass(1_000)
            settle()
            assertEquals(before, MadeUpService.attempts)
            event()
            settle()
            pass(500)
            activity.awaitPicture("a picture after $code and an event")
            assertEquals(before + 1, MadeUpService.attempts)
        }
        activity.end()
    }

    @Test
    fun aCameraThatFailsByItselfIsNotTriedAtOnceBecauseItsOwnEndMakesItFree() {
        MadeUpService.always = Fault(Moment.ANSWERING, code = StateCallback.ERROR_CAMERA_DEVICE)
        val activity = start()
        repeat(5) {
            settle()
            pass(30_000)
        }
        settle()
        val before = MadeUpService.attempts
        repeat(5) {
            MadeUpService.becomesFree("1", main)
            settle()
            pass(1_000)
        }
        assertEquals(before, MadeUpService.attempts)
        activity.end()
    }

    @Test
    fun aCameraThatOpensAfterThePauseIsClosed() {
        MadeUpService.answers = false
        val activity = start()
        awaitOnMain("an attempt") { synchronized(MadeUpService) { MadeUpService.unanswered.size } == 1 }
        activity.pause()
        settle()
        MadeUpService.unanswered.forEach { it() }
        awaitOnMain("its end") { MadeUpService.leaks().isEmpty() }
        settle()
        assertTrue(activity.status, activity.status !in failures(activity.get()))
        MadeUpService.answers = true
        activity.resume()
        activity.awaitPicture()
        activity.end()
    }

    @Test
    fun whatHappensToACameraThatIsNoLongerWantedIsNotSaid() {
        val activity = start()
        activity.awaitPicture()
        activity.pause()
        MadeUpService.happens(StateCallback.ERROR_CAMERA_SERVICE)
        settle()
        pass(60_000)
        settle()
        assertTrue(activity.status, activity.status.startsWith("GPU"))
        awaitAllClosed()
        activity.end()
    }

    @Test
    fun theFirstLayoutDoesNotTakeThePreviewsSize() {
        val activity = start()
        activity.awaitPicture()
        assertEquals(listOf(1440 to 1080), MadeUpService.previewSizes)
        val view = activity.preview
        val texture = view.surfaceTexture as SizedTexture
        for ((width, height) in listOf(720 to 960, 1080 to 1440)) {
            view.layout(0, 0, width, height)
            assertEquals("as the camera sends it, not as large as the view", 1440 to 1080, texture.size)
        }
        activity.end()
    }

    @Test
    fun aLayoutWhileTheCameraOpensDoesNotTakeThePreviewsSize() {
        MadeUpService.answers = false
        val activity = start()
        awaitOnMain("an attempt") { synchronized(MadeUpService) { MadeUpService.unanswered.size } == 1 }
        (activity.preview.surfaceTexture as SizedTexture).setDefaultBufferSize(1080, 1440) // as TextureView.onSizeChanged does
        MadeUpService.unanswered.forEach { it() }
        activity.awaitPicture()
        assertEquals(listOf(1440 to 1080), MadeUpService.previewSizes)
        activity.end()
    }

    @Test
    fun thePreviewGoesOnWhileTheModelsWork() {
        val activity = start()
        activity.awaitPicture()
        val working = CountDownLatch(1)
        activity.get().analyzer.handler.post { working.await() }
        val before = MadeUpService.shown
        repeat(60) {
            MadeUpService.picture()
            settle()
        }
        assertEquals(60, MadeUpService.shown - before)
        assertEquals("the newest one waits", 1, MadeUpService.readers.last().acquired.size)
        activity.pause()
        awaitOnMain("the end of what waits") { MadeUpService.readers.all { it.acquired.isEmpty() } }
        working.countDown()
        activity.resume()
        activity.awaitPicture()
        activity.end()
    }

    @Test
    fun aFrameInUseOutlivesItsCamera() {
        val activity = start()
        activity.awaitPicture()
        val reader = MadeUpService.readers.last()
        val begun = CountDownLatch(1)
        val end = CountDownLatch(1)
        (activity.get().application as GpuApp).whileRunning = {
            begun.countDown()
            end.await()
        }
        awaitOnMain("a frame in use") {
            MadeUpService.picture()
            begun.count == 0L
        }
        activity.pause().stop().destroy()
        awaitOnMain("the end of the camera") { MadeUpService.devices.isEmpty() }
        settle()
        assertTrue("its memory is in use", reader.open)
        assertEquals(1, reader.acquired.size)
        (activity.get().application as GpuApp).whileRunning = {}
        end.countDown()
        awaitOnMain("everything to be closed") { MadeUpService.leaks().isEmpty() }
    }

    @Test
    fun camerasAreAskedForAtEachStart() {
        val activity = start()
        activity.awaitPicture()
        shadowOf(cameraManager()).removeCamera("1")
        activity.pause().resume()
        awaitOnMain("the other camera") {
            MadeUpService.picture()
            activity.get().findViewById<View>(R.id.switch_camera).visibility == View.GONE
        }
        addCamera("1", front = true)
        activity.pause().resume()
        awaitOnMain("both") { activity.get().findViewById<View>(R.id.switch_camera).visibility == View.VISIBLE }
        activity.end()
    }

    @Test
    fun aCameraThatCantBeAskedIsLeftOut() {
        MadeUpService.unreadable = "1"
        val activity = start()
        activity.awaitPicture()
        assertEquals(View.GONE, activity.get().findViewById<View>(R.id.switch_camera).visibility)
        activity.end()
    }

    @Test
    fun turningTheScreenOrTheCameraLeaksNothing() {
        val activity = start()
        activity.awaitPicture()
        repeat(6) { activity.get().findViewById<View>(R.id.switch_camera).performClick() }
        activity.awaitPicture()
        awaitOnMain("one camera") { MadeUpService.devices.size == 1 && MadeUpService.readers.count { it.open } == 1 }
        val again = activity.recreate().withSizedTexture()
        again.awaitPicture()
        awaitOnMain("one camera") { MadeUpService.devices.size == 1 && MadeUpService.readers.count { it.open } == 1 }
        again.end()
    }

    @Test
    fun aChangeOfLanguageStartsNoGpuAnew() {
        val activity = start()
        activity.awaitPicture()
        val app = activity.get().application as GpuApp
        val analyzer = activity.get().analyzer
        val started = app.started.toList()
        val again = activity.recreate().withSizedTexture()
        assertNotEquals(activity, again.get())
        again.awaitPicture()
        assertEquals(started, app.started)
        assertEquals(analyzer, again.get().analyzer)
        again.end()
        awaitOnMain("the end of the models") { app.open == 0 }
    }
}
