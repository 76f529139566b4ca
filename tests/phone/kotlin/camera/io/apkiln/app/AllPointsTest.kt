package io.apkiln.app

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import android.widget.CheckBox
import androidx.appcompat.app.AppCompatActivity
import io.apkiln.app.heatmap.HeatmapKind
import io.apkiln.app.info.Info
import io.apkiln.app.info.InfoSheet
import io.apkiln.app.info.InfoSource
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.overlay.DrawView
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.task.VisibleAnswer
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** An answer that is about one of its points: the sheet's box shows them all, where there is something to choose. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class AllPointsTest {
    open class Screen(override var allPoints: Boolean?) : AppCompatActivity(), InfoSource {
        override fun askInfo(answer: (Info) -> Unit) = Unit

        override fun chooseDelegate(key: String) = Unit

        override fun measureAgain() = Unit
    }

    class Nothing : Screen(null)

    class OnePoint : Screen(false)

    class AllOfThem : Screen(true)

    private fun box(screen: Screen): CheckBox {
        InfoSheet.show(screen.supportFragmentManager)
        val box = { screen.supportFragmentManager.fragments.firstNotNullOfOrNull { it.view?.findViewById<CheckBox>(R.id.info_all_points) } }
        awaitOnMain("the sheet") { box() != null }
        return checkNotNull(box())
    }

    private fun <T : Screen> started(screen: Class<T>): T = Robolectric.buildActivity(screen).setup().get()

    @Test
    fun theBoxIsThereWhereThereIsAChoice() {
        assertEquals(View.GONE, box(started(Nothing::class.java)).visibility)
        for ((screen, checked) in listOf(OnePoint::class.java to false, AllOfThem::class.java to true)) {
            val box = box(started(screen))
            assertEquals(View.VISIBLE to checked, box.visibility to box.isChecked)
        }
    }

    @Test
    fun itChangesWhatTheScreenShows() {
        val screen = started(OnePoint::class.java)
        val box = box(screen)
        for (expected in listOf(true, false)) {
            box.performClick()
            assertEquals(expected, screen.allPoints)
        }
    }

    @Test
    fun onlyThePointsThatAreShownAreDrawn() {
        val answer = PointsAnswer(3, groups = listOf(intArrayOf(1, 2)), framed = false, shown = intArrayOf(0))
        floatArrayOf(100f, 100f, 300f, 500f, 400f, 300f).copyInto(answer.points)
        answer.confidence.fill(1f)
        val view = DrawView(RuntimeEnvironment.getApplication())
        view.layout(0, 0, WIDTH, HEIGHT)
        view.show(FrameResult(WIDTH, HEIGHT, null, listOf(VisibleAnswer(HeatmapKind, answer)), 1f), "", 0)
        assertEquals(listOf(true, false, false), drawn(view))
        view.showsAllPoints = true
        assertEquals(listOf(true, true, true), drawn(view))
    }

    /** Whether something is drawn at the first point, at the third, and between the second and the third. */
    private fun drawn(view: View): List<Boolean> {
        val picture = Bitmap.createBitmap(WIDTH, HEIGHT, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(picture))
        return listOf(100 to 100, 400 to 300, 350 to 400).map { (x, y) -> Color.alpha(picture.getPixel(x, y)) > 0 }
    }

    private companion object {
        const val WIDTH = 480
        const val HEIGHT = 640
    }
}
