package io.apkiln.app

import io.apkiln.app.model.ElementType
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.model.startOnCpu
import io.apkiln.app.overlay.DrawView
import io.apkiln.app.overlay.resultWords
import io.apkiln.app.task.VisibleAnswer
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What TalkBack hears of objects, masks and raw outputs; answers are used again once nothing shows them. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class ForeignAnswersTest {
    private val app get() = RuntimeEnvironment.getApplication()
    private val answers = ForeignAnswers(0f)

    private fun words(answer: VisibleAnswer<*>): String = resultWords(app.resources, FrameResult(480, 640, null, listOf(answer), 1f))

    @Test
    fun objectsAreCountedByClass() {
        assertEquals("2 × cat, 2 × dog, 1 × plant, 1 × class 17", words(answers.objects(listOf("cat", "dog", "plant"))))
        assertEquals("2 × object, 2 × class 1, 1 × class 2, 1 × class 17", words(answers.objects(emptyList())))
    }

    @Test
    @Config(qualifiers = "ko")
    fun objectsInKorean() = assertEquals("cat 2개, dog 2개, plant 1개, 17번 클래스 1개", words(answers.objects(listOf("cat", "dog", "plant"))))

    @Test
    fun masksTellTheirShares() {
        assertEquals("person 17 %, chair 8 %", words(answers.mask(3, listOf("background", "person", "chair"))))
        assertEquals("person 20 %", words(answers.mask(2, listOf("person"))))
        assertEquals("covered 20 %", words(answers.mask(2, emptyList())))
    }

    @Test
    fun rawOutputsTellTheirRanges() {
        assertEquals("scores: -0.4274 to 5, StatefulPartitionedCall/model/block_7/features: -169.9 to 192", words(answers.raw(2)))
    }

    @Test
    fun anAnswerIsUsedAgainOnceNothingShowsIt() {
        val contract = ModelContracts.all.single()
        check(contract.input.dtype == ElementType.FLOAT32)
        val content = app.assets.open(contract.file).use { it.readBytes() }
        val pipeline = Pipeline(listOf(contract), ModelContracts::kind) { startOnCpu(content, it) }
        val (view, frame) = DrawView(app) to RedSquare(0.5, 0.5)
        val (first, second) = pipeline.process(frame) to pipeline.process(frame)
        assertNotSame(first.answers.single().answer, second.answers.single().answer)
        view.show(first, "", 0)
        view.show(first, "", 1)
        assertNotSame("it is shown", first.answers.single().answer, pipeline.process(frame).answers.single().answer)
        view.show(second, "", 2)
        first.recycle()
        assertSame(first.answers.single().answer, pipeline.process(frame).answers.single().answer)
        assertNotSame("given back once", first.answers.single().answer, pipeline.process(frame).answers.single().answer)
        pipeline.close()
    }
}
