package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.OutputContract
import io.apkiln.app.model.Presence
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** What counts as the same answer where a model gives several outputs. */
class AgreementTest {
    private fun contract(decoder: Decoder, vararg sizes: Int): ModelContract = FakePhone.contract(decoder).copy(
        outputs = sizes.map { OutputContract("output", listOf(1, it), ElementType.FLOAT32) },
    )

    private fun buffers(outputs: List<FloatArray>): List<ByteBuffer> = outputs.map { values ->
        ByteBuffer.allocateDirect(4 * values.size).order(ByteOrder.nativeOrder()).apply { values.forEach(::putFloat) }
    }

    private fun agreement(decoder: Decoder, exact: List<FloatArray>) =
        Agreement(contract(decoder, *exact.map { it.size }.toIntArray())).apply { setExact(buffers(exact)) }

    private fun Agreement.of(vararg outputs: FloatArray) = difference(buffers(outputs.toList()))

    @Test
    fun eachOutputHasARangeOfItsOwn() {
        val agreement = agreement(Decoder.Raw, listOf(floatArrayOf(0f, 200f), floatArrayOf(0f, 1f)))
        assertEquals(0.01f, agreement.of(floatArrayOf(2f, 200f), floatArrayOf(0f, 1f)), 1e-6f)
        assertEquals(0.2f, agreement.of(floatArrayOf(2f, 200f), floatArrayOf(0f, 0.8f)), 1e-6f)
        assertTrue(agreement.of(floatArrayOf(2f, 200f), floatArrayOf(0f, Float.NaN)).isNaN())
        assertEquals(Outcome.Zeros, agreement.judge(buffers(listOf(FloatArray(2), FloatArray(2)))))
        assertTrue(agreement.judge(buffers(listOf(floatArrayOf(0f, 200f), FloatArray(2)))) is Outcome.Differs)
    }

    @Test
    fun aSingleNumberIsMeasuredByItself() {
        val agreement = agreement(Decoder.Raw, listOf(floatArrayOf(-2f)))
        assertEquals(0.01f, agreement.of(floatArrayOf(-2.02f)), 1e-5f)
    }

    @Test
    fun aLogitOfPresenceIsMeasuredByItsProbability() {
        val decoder = Decoder.Coordinates(numbers = 3, presence = Presence.LOGIT)
        val agreement = agreement(decoder, listOf(FloatArray(3) { 10f * it }, floatArrayOf(8f)))
        assertTrue(agreement.of(FloatArray(3) { 10f * it }, floatArrayOf(11f)) < 1e-3f)
        assertEquals(0.5f, agreement.of(FloatArray(3) { 10f * it }, floatArrayOf(0f)), 1e-3f)
    }

    /** Each box is given by its left edge. */
    private fun detections(vararg rows: Triple<Float, Int, Float>, most: Int = 4): List<FloatArray> {
        val boxes = FloatArray(4 * most)
        rows.forEachIndexed { row, (left, _, _) -> floatArrayOf(0f, left, 1f, left + 0.1f).copyInto(boxes, 4 * row) }
        val classes = FloatArray(most) { rows.getOrNull(it)?.second?.toFloat() ?: 0f }
        val scores = FloatArray(most) { rows.getOrNull(it)?.third ?: 0f }
        return listOf(boxes, classes, scores, floatArrayOf(rows.size.toFloat()))
    }

    @Test
    fun rowsMayChangePlaces() {
        val (cat, dog) = Triple(0.2f, 0, 0.9f) to Triple(0.7f, 1, 0.9f)
        val agreement = agreement(Decoder.Detections(), detections(cat, dog))
        assertEquals(0f, agreement.of(*detections(dog, cat).toTypedArray()), 0f)
        assertEquals(0.02f, agreement.of(*detections(dog, cat.copy(third = 0.88f)).toTypedArray()), 1e-6f)
        assertEquals(0.1f, agreement.of(*detections(dog.copy(first = 0.8f), cat).toTypedArray()), 1e-6f)
        assertEquals("another class", 1f, agreement.of(*detections(dog, cat.copy(second = 2)).toTypedArray()), 0f)
        assertEquals("one is missing", 1f, agreement.of(*detections(dog).toTypedArray()), 0f)
        assertEquals("one too many", 1f, agreement.of(*detections(dog, cat, Triple(0f, 2, 0.6f)).toTypedArray()), 0f)
    }

    @Test
    fun rowsThatDoNotCountMayDiffer() {
        val cat = Triple(0.2f, 0, 0.9f)
        val agreement = agreement(Decoder.Detections(), detections(cat, Triple(0.5f, 3, 0.2f)))
        assertEquals(0f, agreement.of(*detections(cat, Triple(0.1f, 4, 0.3f)).toTypedArray()), 0f)
        val unsure = agreement(Decoder.Detections(), detections(cat.copy(third = 0.51f)))
        assertNull("just below the threshold", unsure.judge(buffers(detections(cat.copy(third = 0.49f)))))
    }

    @Test
    fun withoutObjectsTheLikeliestRowCounts() {
        val agreement = agreement(Decoder.Detections(), detections(Triple(0.2f, 0, 0.1f), Triple(0.6f, 0, 0.05f)))
        assertEquals(1f, agreement.of(*detections().toTypedArray()), 0f)
        assertEquals(0f, agreement.of(*detections(Triple(0.2f, 0, 0.1f)).toTypedArray()), 0f)
    }
}
