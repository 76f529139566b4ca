package io.apkiln.app.tuning

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ElementType
import io.apkiln.app.tuning.FakePhone.Companion.INPUT
import io.apkiln.app.tuning.FakePhone.Companion.candidate
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** What is chosen, why, and what is left open, on phones that are made up. */
class TunerTest {
    private fun TunedRunner.used(): DelegateState {
        run(INPUT)
        return checkNotNull(state)
    }

    private fun DelegateState.outcome(key: String) = trials.single { it.candidate.key == key }.outcome

    @Test
    fun theFastestThatAgreesIsKeptAndAllElseIsClosed() {
        val phone = FakePhone("cpu1" to Behaviour(8.0), "cpu2" to Behaviour(5.0), "cpu4" to Behaviour(4.0), "gpu" to Behaviour(2.0))
        val state = phone.tuned().used()
        assertEquals("gpu", state.candidate.key)
        assertEquals(Cause.FASTEST, state.cause)
        assertEquals(listOf("cpu1", "cpu2", "cpu4", "gpu"), state.trials.map { it.candidate.key })
        assertEquals(Outcome.Measured(4.0), state.outcome("cpu4"))
        assertEquals(listOf("gpu"), phone.open)
    }

    @Test
    fun aGpuThatIsSlowerIsLeft() {
        val phone = FakePhone("cpu4" to Behaviour(0.5), "gpu" to Behaviour(0.6))
        assertEquals("cpu4", phone.tuned().used().candidate.key)
        assertEquals(listOf("cpu4"), phone.open)
    }

    @Test
    fun ofEqualsTheFirstAndGentlestWins() {
        val phone = FakePhone("cpu2" to Behaviour(0.96), "cpu4" to Behaviour(0.951), "gpu" to Behaviour(1.0))
        assertEquals("cpu1", phone.tuned().used().candidate.key)
        phone.memory.forget()
        phone.behaviours["cpu4"] = Behaviour(0.94)
        assertEquals("cpu4", phone.tuned().used().candidate.key)
    }

    @Test
    fun whatThrowsIsNamedAndTheRestIsMeasured() {
        val broken = listOf(IllegalArgumentException("no OpenCL\nat all"), UnsatisfiedLinkError("libgpu.so"), NullPointerException())
        val told = listOf("no OpenCL", "libgpu.so", "NullPointerException")
        for ((error, why) in broken.zip(told)) {
            val phone = FakePhone("gpu" to Behaviour(failsToStart = error), "cpu2" to Behaviour(0.5))
            val state = phone.tuned().used()
            assertEquals("cpu2", state.candidate.key)
            assertEquals(Outcome.Failed(why), state.outcome("gpu"))
            assertEquals(listOf("cpu2"), phone.open)
        }
    }

    @Test
    fun whatFailsAtItsFirstRunOrWhileItIsTimedIsNamedToo() {
        for (run in 1..9) {
            val phone = FakePhone("gpu" to Behaviour(0.1, failsAtRun = run))
            val state = phone.tuned().used()
            assertEquals(Outcome.Failed("gpu lost its context"), state.outcome("gpu"))
            assertEquals(listOf("cpu1"), phone.open)
        }
    }

    @Test
    fun aPhoneWithoutAGpu() {
        val phone = FakePhone("gpu" to Behaviour(failsToStart = UnsupportedProcessor("none")))
        assertEquals(Outcome.Unsupported, phone.tuned().used().outcome("gpu"))
    }

    @Test
    fun otherNumbersAreNoAnswer() {
        val wrong = floatArrayOf(-4f, 0f, 4f, 3f)
        val phone = FakePhone("gpu" to Behaviour(0.1, answer = wrong), "gpu_32" to Behaviour(0.2, answer = wrong))
        val state = phone.tuned().used()
        assertEquals("cpu1", state.candidate.key)
        assertEquals(Outcome.Differs(12), state.outcome("gpu"))
        assertEquals(Outcome.Differs(12), state.outcome("gpu_32"))
        val lost = floatArrayOf(Float.NaN, 0f, 4f, 2f)
        val blind = FakePhone("gpu" to Behaviour(0.1, answer = lost), "gpu_32" to Behaviour(0.1, answer = lost))
        assertEquals(Outcome.NotNumbers, blind.tuned().used().outcome("gpu"))
    }

    @Test
    fun aGpuThatRoundsTooMuchIsToldNotTo() {
        val phone = FakePhone("gpu" to Behaviour(0.1, answer = floatArrayOf(-4f, 0f, 4f, 1f)), "gpu_32" to Behaviour(0.3))
        assertEquals("gpu_32", phone.tuned().used().candidate.key)
        assertEquals(listOf("gpu_32"), phone.open)
        assertEquals("gpu_32", phone.tuned("gpu").also { it.run(INPUT) }.state?.candidate?.key)
    }

    @Test
    fun aSmallDifferenceIsRounding() {
        val phone = FakePhone("gpu" to Behaviour(0.1, answer = floatArrayOf(-4.2f, 0.2f, 3.7f, 2f)))
        assertEquals("gpu", phone.tuned().used().candidate.key)
        assertTrue("gpu_32" !in phone.started)
    }

    @Test
    fun aGpuLostInTheMiddleGivesWayToTheFastestCpu() {
        val phone = FakePhone("cpu4" to Behaviour(0.5), "gpu" to Behaviour(0.1))
        val runner = phone.tuned()
        runner.run(INPUT)
        phone.behaviours.getValue("gpu").failsAtRun = 0
        val answer = runner.run(INPUT).single()
        assertEquals(2f, answer.getFloat(12))
        val state = checkNotNull(runner.state)
        assertEquals("cpu4", state.candidate.key)
        assertEquals(Cause.FALLBACK, state.cause)
        assertEquals(Outcome.Failed("gpu lost its context"), state.outcome("gpu"))
        assertEquals(listOf("cpu4"), phone.open)
        runner.run(INPUT)
        runner.close()
        assertEquals(emptyList<String>(), phone.open)
    }

    @Test
    fun aCpuThatFailsIsAnError() {
        assertThrows(IllegalStateException::class.java) {
            FakePhone("cpu1" to Behaviour(failsToStart = IllegalStateException("no model"))).tuned().run(INPUT)
        }
        val phone = FakePhone("cpu1" to Behaviour(0.1))
        val runner = phone.tuned().also { it.run(INPUT) }
        phone.behaviours.getValue("cpu1").failsAtRun = 0
        assertThrows(IllegalArgumentException::class.java) { runner.run(INPUT) }
    }

    @Test
    fun theWinnerIsRememberedAndComparedAgain() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        phone.tuned().used()
        phone.started.clear()
        val state = phone.tuned().used()
        assertEquals(listOf("cpu2", "gpu"), phone.started)
        assertEquals("gpu", state.candidate.key)
        assertEquals(Cause.FASTEST, state.cause)
        assertEquals(4, state.trials.size)
    }

    @Test
    fun aRememberedWinnerThatFailsIsMeasuredAnew() {
        val phone = FakePhone("gpu" to Behaviour(0.1), "cpu2" to Behaviour(0.5))
        phone.tuned().used().also { assertEquals("gpu", it.candidate.key) }
        phone.behaviours["gpu"] = Behaviour(failsToStart = IllegalStateException("gone"))
        val runner = phone.tuned()
        assertEquals("cpu2", runner.used().candidate.key)
        assertEquals("cpu2", phone.memory.tuning?.winner?.key)
        assertEquals("cpu2", phone.open.last())
    }

    @Test
    fun whatIsChosenIsNotMeasured() {
        val phone = FakePhone("gpu" to Behaviour(9.0))
        val state = phone.tuned("gpu").used()
        assertEquals(DelegateState(candidate("gpu"), Cause.CHOSEN), state)
        assertEquals(DelegateState(candidate("cpu1"), Cause.CHOSEN), phone.tuned("cpu1").used())
        assertNull(phone.memory.tuning)
    }

    @Test
    fun aChoiceThatDoesNotWorkFallsBackAndSaysWhy() {
        val phone = FakePhone("nnapi" to Behaviour(failsToStart = IllegalArgumentException("no driver")))
        val state = phone.tuned("nnapi").used()
        assertEquals("cpu2", state.candidate.key)
        assertEquals(Cause.FALLBACK, state.cause)
        assertEquals(Outcome.Failed("no driver"), state.outcome("nnapi"))
    }

    @Test
    fun startAndRunTimesAreTold() {
        val phone = FakePhone("cpu1" to Behaviour(2.0, startMs = 30.0))
        val runner = phone.tuned(candidates = arrayOf("cpu1"))
        repeat(20) { runner.run(INPUT) }
        phone.behaviours.getValue("cpu1").runMs = 12.0
        runner.run(INPUT)
        assertEquals(32.0, runner.startMs, 1e-6)
        assertEquals(RunSummary(2.0, 2.0), runner.times.summary())
        repeat(4) { runner.run(INPUT) }
        assertEquals(RunSummary(2.0, 12.0), runner.times.summary())
        assertNull(RunTimes().summary())
    }

    @Test
    fun textReadsBack() {
        val tuning = Tuning(
            candidate("gpu_32"),
            listOf(
                Trial(candidate("cpu1"), Outcome.Measured(3.25)),
                Trial(candidate("gpu"), Outcome.Differs(37)),
                Trial(candidate("nnapi"), Outcome.Failed("an error: \"x\"; y=z")),
                Trial(candidate("cpu4"), Outcome.Unsupported),
                Trial(candidate("gpu_32"), Outcome.Crashed),
                Trial(candidate("cpu2"), Outcome.Zeros),
                Trial(candidate("cpu8"), Outcome.NotNumbers),
                Trial(candidate("cpu16"), Outcome.Hung),
            ),
        )
        assertEquals(tuning, TuningText.read(TuningText.write(tuning)))
        val torn = Tuning(candidate("cpu1"), listOf(Trial(candidate("gpu"), Outcome.Failed("two\nlines\tand a tab"))))
        assertEquals(Outcome.Failed("two lines and a tab"), TuningText.read(TuningText.write(torn))?.trials?.single()?.outcome)
        for (text in listOf("", "cpu", "cpu0", "tpu", "gpu\nx", "gpu\ncpu1\tmeasured\tfast", "gpu\ncpu1", "cpu1\ncpu1\tfailed")) {
            assertNull(text, TuningText.read(text))
        }
    }

    @Test
    fun differencesAreSharesOfTheRange() {
        assertEquals(0.25f, difference(Decoder.Points(), floatArrayOf(0f, 0f, 4f, 0f), floatArrayOf(0f, 1f, 4f, 0f)), 1e-6f)
        assertEquals(0.01f, difference(Decoder.Classes(), FloatArray(4), floatArrayOf(0.01f, 0f, 0f, 0f)), 1e-6f)
        assertEquals(0.02f, difference(Decoder.Points(), FloatArray(4) { 5f }, floatArrayOf(5f, 5.01f, 5f, 5f)), 1e-5f)
        val steps = Agreement(FakePhone.contract(Decoder.Classes(), ElementType.UINT8, 1f / 256))
        steps.setExact(listOf(ByteBuffer.wrap(byteArrayOf(0, 0, 0, -1))))
        assertEquals(2f / 256, steps.difference(listOf(ByteBuffer.wrap(byteArrayOf(0, 2, 0, -1)))), 1e-6f)
    }

    private fun difference(decoder: Decoder, exact: FloatArray, other: FloatArray): Float {
        val agreement = Agreement(FakePhone.contract(decoder))
        agreement.setExact(listOf(buffer(exact)))
        return agreement.difference(listOf(buffer(other)))
    }

    private fun buffer(values: FloatArray): ByteBuffer =
        ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).also { values.forEachIndexed { i, v -> it.putFloat(4 * i, v) } }

    @Test
    fun candidatesFitThePhone() {
        assertEquals(listOf("cpu1", "gpu"), Candidate.toTry(1, listOf(Processor.GPU)).map { it.key })
        assertEquals(listOf("cpu1", "cpu2", "cpu4", "gpu", "nnapi"), Candidate.toTry(8, listOf(Processor.GPU, Processor.NNAPI)).map { it.key })
        assertEquals(listOf(1, 1, 2, 2, 4, 4), listOf(1, 2, 4, 6, 8, 12).map(Candidate::usualThreads))
        assertThrows(IllegalArgumentException::class.java) { Candidate(Processor.GPU, 2) }
    }
}
