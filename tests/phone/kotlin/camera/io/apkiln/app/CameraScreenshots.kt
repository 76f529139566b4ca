package io.apkiln.app

import android.content.Intent
import android.graphics.Color
import android.view.View
import android.view.ViewGroup
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.TextView
import io.apkiln.app.bench.BenchmarkActivity
import io.apkiln.app.classify.ClassAnswer
import io.apkiln.app.classify.ClassifyKind
import io.apkiln.app.heatmap.HeatmapKind
import io.apkiln.app.info.Info
import io.apkiln.app.info.InfoPage
import io.apkiln.app.info.ModelInfo
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.Location
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.PointsAnswer
import io.apkiln.app.preview.Screen
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.task.VisibleAnswer
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Cause
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.RunSummary
import io.apkiln.app.tuning.Trial
import java.io.File
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog

/** Each screen of a camera's app with answers and times that are always the same; `apkiln.shift` moves what is found. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = GpuApp::class)
class CameraScreenshots {
    @get:Rule
    val ended = EndedActivities()

    private val out = File(System.getProperty("apkiln.out"))
    private val shift = System.getProperty("apkiln.shift", "0").toFloat()

    private val foreign = ForeignAnswers(shift)

    private val state = DelegateState(
        Candidate.cpu(2), Cause.FASTEST,
        listOf(
            Trial(Candidate.cpu(1), Outcome.Measured(4.25)),
            Trial(Candidate.cpu(2), Outcome.Measured(3.5)),
            Trial(Candidate(Processor.GPU), Outcome.Differs(12)),
        ),
    )

    private val box = floatArrayOf(120f + shift, 150f, 360f + shift, 420f)
    private val points = floatArrayOf(180f, 240f, 300f, 240f, 240f, 330f, 150f, 170f, 190f, 160f, 330f, 170f, 290f, 160f)
    private val ears = listOf(intArrayOf(3, 4), intArrayOf(5, 6))

    private fun result(box: FloatArray? = null, vararg answers: VisibleAnswer<*>) =
        FrameResult(480, 640, box?.let { Location(it, 0.87f, framed = true) }, answers.toList(), 3.25f)

    private fun visible(points: FloatArray, groups: List<IntArray> = emptyList()): VisibleAnswer<*> {
        val answer = PointsAnswer(points.size / 2, groups = groups, followed = 0)
        for (k in 0 until answer.count) answer.confidence[k] = 1f - 0.1f * k
        for (k in points.indices) answer.points[k] = points[k] + if (k % 2 == 0) shift else 0f
        return VisibleAnswer(HeatmapKind, answer)
    }

    private fun visible(found: Boolean, vararg classes: Pair<String, Float>): VisibleAnswer<*> {
        val answer = ClassAnswer(classes.map { it.first })
        classes.forEachIndexed { k, (_, probability) -> answer.probability[k] = probability }
        answer.rank()
        answer.found = found
        return VisibleAnswer(ClassifyKind, answer)
    }

    private fun start(): ActivityController<MainActivity> {
        allowCamera()
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        val preview = activity.get().findViewById<View>(R.id.preview)
        val parent = preview.parent as ViewGroup
        val scene = LinearLayout(activity.get()).apply { orientation = LinearLayout.VERTICAL }
        for (color in listOf(Color.rgb(250, 240, 220), Color.rgb(90, 140, 110), Color.rgb(20, 30, 60))) {
            val third = LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, 0, 1f)
            scene.addView(View(activity.get()).apply { setBackgroundColor(color) }, third)
        }
        val whole = FrameLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.MATCH_PARENT)
        parent.addView(scene, parent.indexOfChild(preview) + 1, whole)
        Screen(activity.get()).layOut()
        return activity
    }

    private fun draw(name: String, vararg results: FrameResult) {
        val activity = start()
        results.forEach { activity.get().onResult(it, 29.5f, mapOf("model" to state)) }
        Screen(activity.get()).draw(out.resolve("$name.png"))
    }

    @Test
    @Config(qualifiers = PORTRAIT)
    fun box() = draw("box", result(box))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun landmarks() = draw("landmarks", result(box, visible(points, ears)))

    @Test
    @Config(qualifiers = LANDSCAPE)
    fun landmarksInLandscape() = draw("landmarks-landscape", result(box, visible(points, ears)))

    @Test
    @Config(qualifiers = "ko-$DARK", fontScale = 2f)
    fun landmarksLargeKorean() = draw("landmarks-large-korean", result(box, visible(points, ears)))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun fingertip() = draw("fingertip", result(null, visible(points.copyOf(2))))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun guess() = draw("guess", result(null, visible(true, "cat" to 0.92f, "dog" to 0.08f)))

    @Test
    @Config(qualifiers = "ko-$DARK")
    fun unsure() = draw("unsure-korean", result(null, visible(false, "cat" to 0.55f, "dog" to 0.45f)))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun guessOfMany() {
        val likely = arrayOf("tiger cat" to 0.41f, "Egyptian cat" to 0.3f, "lynx" to 0.14f, "space heater" to 0.06f, "tub" to 0.01f)
        draw("guess-of-many", result(null, visible(true, *likely, *Array(996) { "class $it" to 0.0001f })))
    }

    @Test
    @Config(qualifiers = PORTRAIT)
    fun objects() = draw("objects", result(null, foreign.objects(listOf("cat", "dog", "potted plant"))))

    @Test
    @Config(qualifiers = "ko-$DARK", fontScale = 2f)
    fun objectsLargeKorean() = draw("objects-large-korean", result(null, foreign.objects(emptyList(), points = 3)))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun mask() = draw("mask", result(null, foreign.mask(3, listOf("background", "person", "chair"))))

    @Test
    @Config(qualifiers = "ko-$LANDSCAPE")
    fun maskInLandscapeKorean() = draw("mask-landscape-korean", result(null, foreign.mask(2, emptyList())))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun raw() = draw("raw", result(null, foreign.raw(8)))

    @Test
    @Config(qualifiers = LANDSCAPE)
    fun rawInLandscape() = draw("raw-landscape", result(null, foreign.raw(6)))

    @Test
    @Config(qualifiers = "ko-$DARK", fontScale = 2f)
    fun rawLargeKorean() = draw("raw-large-korean", result(null, foreign.raw(8)))

    @Test
    @Config(qualifiers = PORTRAIT)
    fun nothing() = draw("nothing", result())

    @Test
    @Config(qualifiers = PORTRAIT)
    fun permission() = ask("permission")

    @Test
    @Config(qualifiers = "ko-$DARK")
    fun permissionDarkKorean() = ask("permission-dark-korean")

    @Test
    @Config(qualifiers = PORTRAIT)
    fun info() = inform("info")

    @Test
    @Config(qualifiers = "ko-$DARK", fontScale = 2f)
    fun infoLargeKorean() = inform("info-large-korean")

    @Test
    @Config(qualifiers = PORTRAIT)
    fun benchmark() {
        val intent = Intent(RuntimeEnvironment.getApplication(), BenchmarkActivity::class.java).putExtra("io.apkiln.app.done", true)
        val activity = Robolectric.buildActivity(BenchmarkActivity::class.java, intent).setup().get()
        val words = activity.resources
        activity.findViewById<TextView>(R.id.benchmark_title).text = words.getString(R.string.benchmark_title, "cat_box", "GPU")
        activity.findViewById<TextView>(R.id.benchmark_text).text =
            words.getString(R.string.benchmark_done, 3.25, 50, "benchmark/gpu.json")
        Screen(activity).draw(out.resolve("benchmark.png"))
    }

    private fun ask(name: String) {
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        Screen(activity.get()).draw(out.resolve("$name.png"))
    }

    private fun inform(name: String) {
        val activity = start()
        activity.get().onResult(result(box, visible(points, ears)), 29.5f, mapOf("model" to state))
        activity.get().findViewById<View>(R.id.show_info).performClick()
        awaitOnMain("the sheet") { ShadowDialog.getLatestDialog()?.findViewById<View>(R.id.info_value) != null }
        val sheet = ShadowDialog.getLatestDialog()
        val view = checkNotNull(sheet.window).decorView
        val model = ModelInfo(ModelContracts.all.single(), state, 41.0, RunSummary(3.5, 4.75))
        InfoPage(view) {}.show(Info(listOf(model), 29.5f, "auto", listOf("auto", "cpu1", "cpu2", "gpu")))
        Screen(activity.get()).draw(out.resolve("$name.png"), sheet)
    }

    private companion object {
        const val PORTRAIT = "w360dp-h780dp-port-notnight-mdpi"
        const val LANDSCAPE = "w780dp-h360dp-land-notnight-mdpi"
        const val DARK = "w360dp-h780dp-port-night-mdpi"
    }
}
