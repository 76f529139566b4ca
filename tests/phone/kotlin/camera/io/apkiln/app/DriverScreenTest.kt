package io.apkiln.app

import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.settings.DelegateSettings
import java.util.concurrent.CountDownLatch
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog

/** What the screen and the log say of libraries and drivers that do not work. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class DriverScreenTest {
    private val app get() = RuntimeEnvironment.getApplication() as GpuApp

    private fun start(): ActivityController<MainActivity> {
        allowCamera()
        return Robolectric.buildActivity(MainActivity::class.java).setup().also { Screen(it.get()).layOut() }
    }

    @Test
    fun aLibraryThatCantBeLoadedIsSaid() {
        app.isLinked = false
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus(app.getString(R.string.status_library_failed, "dlopen failed: 4096 is no page of 16384"))
        val logged = ShadowLog.getLogsForTag(LogTag.MODEL).single()
        assertTrue("${logged.throwable}", logged.throwable.cause is UnsatisfiedLinkError)
    }

    @Test
    fun aGpuThatDoesNotComeBackIsSaid() {
        app.gate = CountDownLatch(1)
        val activity = start()
        activity.get().analyzer.handler.post { activity.get().analyzer.analyze(RedSquare(0.5, 0.5)) }
        activity.awaitStatus(app.getString(R.string.status_stuck, app.getString(R.string.delegate_gpu)))
        app.gate.countDown()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus(app.getString(R.string.delegate_gpu))
    }

    @Test
    fun aGpuThatTheLibraryDoesNotListIsTriedAndLogged() {
        val activity = start()
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GPU")
        awaitOnMain("the library was asked") { DelegateSettings(app).isGpuListed == false }
        assertEquals(emptyList<ShadowLog.LogItem>(), ShadowLog.getLogsForTag(LogTag.DELEGATE))
        app.lost = true
        activity.analyze(RedSquare(0.5, 0.5))
        activity.awaitStatus("GL context is gone")
        assertEquals("GL context is gone", ShadowLog.getLogsForTag(LogTag.DELEGATE).single().throwable.message)
    }
}
