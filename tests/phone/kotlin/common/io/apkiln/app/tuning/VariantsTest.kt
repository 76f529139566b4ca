package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelInput
import io.apkiln.app.model.Quantization
import io.apkiln.app.tuning.FakePhone.Companion.INPUT
import io.apkiln.app.tuning.FakePhone.Companion.candidate
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

/** A model that ships as int8 and as float16: which file runs on what. */
class VariantsTest {
    private val int8 = FakePhone.CONTRACT.copy(file = "fake.tflite", quantization = Quantization.INT8)
    private val float16 = FakePhone.CONTRACT.copy(file = "fake_float16.tflite", quantization = Quantization.FLOAT16)
    private val files = listOf(int8, float16)

    private class RecordedInput : ModelInput {
        val asked = ArrayList<ModelContract>()

        override fun tensor(contract: ModelContract): ByteBuffer = INPUT.also { asked += contract }
    }

    private fun FakePhone.decided(choice: String? = null, input: ModelInput = ModelInput { INPUT }): TunedRunner =
        tuned(choice, "cpu1", "cpu2", "gpu", files = files).also { it.variant(input) }

    private val TunedRunner.winner get() = checkNotNull(state).candidate.key

    private fun TunedRunner.outcome(key: String) = checkNotNull(state).trials.single { it.candidate.key == key }.outcome

    @Test
    fun theFastestPairIsKept() {
        val phone = FakePhone("cpu2:int8" to Behaviour(0.6), "gpu:float16" to Behaviour(0.3))
        val runner = phone.decided()
        assertEquals("gpu:float16", runner.winner)
        val tried = listOf("cpu1:int8", "cpu1:float16", "cpu2:int8", "cpu2:float16", "gpu:float16")
        assertEquals(tried, runner.state?.trials?.map { it.candidate.key })
        assertEquals(listOf("gpu:float16"), phone.open)
        assertSame(float16, runner.contract)
        phone.behaviours["cpu2:int8"] = Behaviour(0.2)
        phone.memory.forget()
        assertEquals("cpu2:int8", phone.decided().winner)
    }

    @Test
    fun eachFileGetsItsOwnInput() {
        val input = RecordedInput()
        val runner = FakePhone("cpu2:int8" to Behaviour(0.1)).decided(input = input)
        assertSame("the exact answer", float16, input.asked.first())
        assertEquals(files.toSet(), input.asked.toSet())
        assertSame(int8, runner.variant(input))
    }

    @Test
    fun anIntegerFileThatSaysOtherwiseIsLeft() {
        val wrong = Behaviour(0.1, answer = floatArrayOf(4f, 0f, -4f, 2f))
        val runner = FakePhone("cpu1:int8" to wrong, "cpu2:int8" to wrong).decided()
        assertEquals("cpu1:float16", runner.winner)
        assertEquals(Outcome.Differs(100), runner.outcome("cpu2:int8"))
    }

    @Test
    fun aRememberedPairIsComparedWithTheFloatOneAlone() {
        val phone = FakePhone("gpu:float16" to Behaviour(0.1))
        phone.decided().close()
        phone.restart()
        assertEquals("gpu:float16", phone.decided().winner)
        assertEquals(listOf("cpu2:float16", "gpu:float16"), phone.started)
    }

    @Test
    fun aChoiceMayNameItsFile() {
        assertEquals("cpu2:float16", FakePhone().decided("cpu2:float16").winner)
        assertEquals("gpu:int8", FakePhone().decided("gpu:int8").winner)
        assertEquals("a file that this model lacks", "cpu2:int8", FakePhone().decided("cpu2:dynamic").winner)
        val alone = FakePhone().tuned("cpu2:int8", "cpu1", "cpu2", files = listOf(int8)).also { it.variant { INPUT } }
        assertEquals("cpu2", alone.winner)
    }

    @Test
    fun aChoiceTakesTheFileThatSuitsIt() {
        assertEquals("gpu:float16", FakePhone().decided("gpu").winner)
        assertEquals("cpu2:int8", FakePhone().decided("cpu2").winner)
        val broken = FakePhone("gpu:float16" to Behaviour(failsToStart = IllegalStateException("no")))
        assertEquals("cpu2:int8", broken.decided("gpu").winner)
    }

    @Test
    fun aGpuThatIsLostLeavesItsFileToTheCpu() {
        val runner = FakePhone("gpu:float16" to Behaviour(0.1, failsAtRun = 60)).decided()
        assertEquals("gpu:float16", runner.winner)
        repeat(60) { runner.run(INPUT) }
        assertEquals("cpu1:float16", runner.winner)
        assertSame(float16, runner.contract)
        assertEquals(Cause.FALLBACK, runner.state?.cause)
    }

    @Test
    fun aDriverThatCrashesWithOneFileIsNotTriedWithTheOther() {
        val crashing = Behaviour(0.1, crashesAt = Moment.RUN)
        val phone = FakePhone("nnapi:float16" to crashing, "nnapi:int8" to crashing)
        fun nnapi() = phone.tuned(null, "cpu1", "nnapi", files = files).also { it.variant { INPUT } }
        assertNull(phone.untilDeath(::nnapi))
        phone.restart()
        val runner = nnapi()
        assertEquals("cpu1:int8", runner.winner)
        assertEquals(Outcome.Crashed, runner.outcome("nnapi:int8"))
        assertEquals(Outcome.Crashed, runner.outcome("nnapi:float16"))
    }

    @Test
    fun outputsOfAnotherTypeAreComparedAsRealNumbers() {
        val agreement = Agreement(float16)
        agreement.setExact(listOf(ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).apply { Behaviour.ANSWER.forEach(::putFloat) }))
        val coarse = FakePhone.contract(Decoder.Points(), ElementType.INT8, scale = 0.1f)
        val stored = ByteBuffer.allocateDirect(4).apply { Behaviour.ANSWER.forEach { put((it * 10).toInt().toByte()) } }
        assertEquals(0f, agreement.difference(listOf(stored), coarse), 1e-6f)
        assertNull(agreement.judge(listOf(stored), coarse))
        stored.put(0, 40)
        assertTrue(agreement.judge(listOf(stored), coarse) is Outcome.Differs)
    }

    @Test
    fun keysAreReadBack() {
        for (key in listOf("cpu4:int8", "gpu:float16", "gpu_32:dynamic", "nnapi", "cpu1")) {
            assertEquals(key, candidate(key).key)
        }
        listOf("gpu:", "gpu:int9", "int8", ":int8", "cpu:int8").forEach { assertNull(it, Candidate.of(it)) }
    }
}
