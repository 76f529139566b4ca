package io.apkiln.app

import android.widget.TextView
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.preview.pass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog

/** An app whose assets are broken: the property `apkiln.says` holds what it must say. */
@RunWith(OtherPackageRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class StoppedTest {
    @get:Rule
    val ended = EndedActivities()

    @Test
    fun isSaid() {
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        val status = activity.get().findViewById<TextView>(R.id.status)
        awaitOnMain("a reason", seconds = 10) {
            pass(50)
            status.text.contains(System.getProperty("apkiln.says"))
        }
        assertEquals(activity.get().getString(R.string.verdict_failed), activity.get().findViewById<TextView>(R.id.verdict).text.toString())
        val logged = ShadowLog.getLogsForTag(LogTag.SENSORS).orEmpty() + ShadowLog.getLogsForTag(LogTag.MODEL).orEmpty()
        assertTrue(logged.all { it.throwable != null } && logged.isNotEmpty())
        activity.pause().resume()
        activity.get().chooseDelegate("cpu1")
        awaitOnMain("the same reason again", seconds = 10) { status.text.contains(System.getProperty("apkiln.says")) }
        val again = activity.recreate().get().findViewById<TextView>(R.id.status)
        awaitOnMain("the same reason in another language, say", seconds = 10) { again.text.contains(System.getProperty("apkiln.says")) }
    }
}
