package io.apkiln.app.tuning

import io.apkiln.app.model.ModelRunner
import io.apkiln.app.tuning.FakePhone.Companion.INPUT
import io.apkiln.app.tuning.FakePhone.Companion.candidate
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

/** Drivers that crash, hang or compute nonsense, on phones that are made up: the third start at the latest is a good one. */
class DriverTest {
    private val fastCpu = "cpu4" to Behaviour(0.5)

    /** What the app runs on in one process that is swiped away in the end; null if that dies before. */
    private fun FakePhone.life(use: (TunedRunner) -> Unit = {}): DelegateState? {
        val state = untilDeath {
            val runner = tuned(candidates = arrayOf("cpu1", "cpu2", "cpu4", "gpu", "nnapi"))
            runner.run(INPUT)
            use(runner)
            runner.close()
            runner.state
        }
        restart()
        return state
    }

    private fun DelegateState.outcome(key: String) = trials.single { it.candidate.key == key }.outcome

    @Test
    fun aDriverThatCrashesIsLeftAloneFromTheNextStartOn() {
        for (moment in listOf(Moment.START, Moment.RUN)) {
            val phone = FakePhone(fastCpu, "gpu" to Behaviour(0.1, crashesAt = moment))
            assertNull(phone.life())
            repeat(3) {
                val state = checkNotNull(phone.life()) { "$moment, start ${it + 2}" }
                assertEquals("cpu4", state.candidate.key)
                assertEquals(Outcome.Crashed, state.outcome("gpu"))
            }
        }
    }

    @Test
    fun whereAndroidDoesNotSayWhyItTakesTwo() {
        val phone = FakePhone(fastCpu, "gpu" to Behaviour(0.1, crashesAt = Moment.START), explains = false)
        assertNull(phone.life())
        assertNull(phone.life())
        assertEquals("cpu4", phone.life()?.candidate?.key)
        val luckier = FakePhone("gpu" to Behaviour(0.1, crashesAt = Moment.START), explains = false)
        assertNull(luckier.life())
        luckier.behaviours["gpu"] = Behaviour(0.1)
        repeat(3) { assertEquals("gpu", luckier.life()?.candidate?.key) }
    }

    @Test
    fun twoDriversThatCrashTakeTwoStarts() {
        val phone = FakePhone(
            fastCpu,
            "gpu" to Behaviour(0.1, crashesAt = Moment.START),
            "nnapi" to Behaviour(0.1, crashesAt = Moment.RUN),
        )
        assertNull(phone.life())
        assertNull(phone.life())
        assertEquals("cpu4", phone.life()?.candidate?.key)
    }

    @Test
    fun whatOneModelFoundOutHoldsForTheOthers() {
        val phone = FakePhone("gpu" to Behaviour(0.1, crashesAt = Moment.START))
        phone.life()
        phone.tuned(model = "other").run(INPUT)
        assertFalse("gpu" in phone.started)
    }

    @Test
    fun whoIsSwipedAwayInTheMiddleIsNotBanned() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        val runsOfTheCpu = 3 * 60
        for (run in listOf(1, runsOfTheCpu, runsOfTheCpu + 20, runsOfTheCpu + 40)) {
            phone.swipedAtRun = run
            assertNull("run $run", phone.life())
        }
        phone.swipedAtRun = Int.MAX_VALUE
        assertEquals("gpu", phone.life()?.candidate?.key)
    }

    @Test
    fun aReinstallInTheMiddleIsNoCrash() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        repeat(5) {
            phone.drivers.mark("model", candidate("gpu"), Phase.TRYING)
            phone.restart(Death.ENDED)
        }
        assertEquals("gpu", phone.life()?.candidate?.key)
    }

    @Test
    fun aCrashWhileAnotherIsTriedIsNotTheFaultOfWhatIsAtHand() {
        val phone = FakePhone("gpu" to Behaviour(0.1), "nnapi" to Behaviour(0.05, crashesAt = Moment.RUN))
        assertNull(phone.life())
        val state = phone.life()
        assertEquals("gpu", state?.candidate?.key)
        assertEquals(Outcome.Crashed, state?.outcome("nnapi"))
    }

    @Test
    fun aDriverThatCrashesLongAfterItsTrialIsLeftAloneAtTheThirdStart() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        val crash = { runner: TunedRunner ->
            phone.behaviours.getValue("gpu").crashesAt = Moment.RUN
            runner.run(INPUT)
            Unit
        }
        repeat(2) {
            assertNull(phone.life(crash))
            phone.behaviours.getValue("gpu").crashesAt = null
        }
        assertEquals("cpu1", phone.life()?.candidate?.key)
    }

    @Test
    fun oneCrashBetweenGoodDaysIsForgiven() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        repeat(4) {
            phone.untilDeath { phone.tuned().run(INPUT) }
            phone.restart(Death.CRASH)
            assertEquals("gpu", phone.life()?.candidate?.key)
        }
    }

    @Test
    fun aWinnerThatCrashesAtClosingStaysOpenFromThenOn() {
        val phone = FakePhone("gpu" to Behaviour(0.1, crashesAt = Moment.CLOSE))
        assertNull(phone.life())
        repeat(3) { assertEquals("gpu", phone.life()?.candidate?.key) }
        val first = phone.tuned().also { it.run(INPUT) }
        first.close()
        val second = phone.tuned().also { it.run(INPUT) }
        assertEquals("gpu", second.state?.candidate?.key)
        assertEquals("kept, and used again", 1, phone.started.count { it == "gpu" })
        assertEquals(listOf("gpu"), phone.open)
    }

    @Test
    fun theResultIsKnownBeforeALoserIsClosed() {
        val phone = FakePhone(fastCpu, "gpu" to Behaviour(0.7, crashesAt = Moment.CLOSE))
        assertNull(phone.life())
        assertEquals("cpu4", phone.memory.tuning?.winner?.key)
        assertEquals(Cause.FASTEST, phone.life()?.cause)
    }

    @Test
    fun aDriverThatCrashesInThreadsOfItsOwnAfterItWasClosed() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        phone.untilDeath { phone.tuned().also { it.run(INPUT) }.close() }
        phone.restart(Death.CRASH)
        assertTrue(phone.drivers.crashesAtClose(candidate("gpu")))
        assertEquals("gpu", phone.life()?.candidate?.key)
    }

    @Test
    fun aDriverThatHangsIsToldAndLeftOutNextTime() {
        for (moment in listOf(Moment.START, Moment.RUN)) {
            val phone = FakePhone(fastCpu, "gpu" to Behaviour(0.1, hangsAt = moment))
            assertNull(phone.untilDeath { phone.tuned().run(INPUT) })
            assertEquals(listOf("gpu hangs"), phone.told)
            phone.restart()
            repeat(2) { assertEquals(Outcome.Hung, phone.life()?.outcome("gpu")) }
        }
    }

    @Test
    fun aDriverThatHangsLongAfterItsTrialIsToldAndLeftOutToo() {
        val phone = FakePhone(fastCpu, "gpu" to Behaviour(0.1))
        val hang = { runner: TunedRunner ->
            phone.behaviours.getValue("gpu").hangsAt = Moment.RUN
            runner.run(INPUT)
            Unit
        }
        assertNull(phone.life(hang))
        val state = phone.life()
        assertEquals("cpu4", state?.candidate?.key)
        assertEquals(Outcome.Hung, state?.outcome("gpu"))
    }

    @Test
    fun aDriverThatIsSlowForOnceIsNotLeftOut() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        val slow = Watchdog { onStuck ->
            onStuck()
            AutoCloseable {}
        }
        val runner = EmptyRunner()
        val drivers = Drivers("model", phone.drivers, KeptRunners(), slow, object : TuningListener {}) { runner }
        drivers.trying(candidate("gpu")) { drivers.start(candidate("gpu")) }
        drivers.using(candidate("gpu")) { runner.run(INPUT) }
        phone.restart()
        assertEquals("gpu", phone.life()?.candidate?.key)
    }

    @Test
    fun notesThatNobodyWroteSayNothing() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        val texts = listOf("", "x", "TRYING|1|2", "FLYING|1|a|2", "TRYING|x|a|2", "TRYING|1|a|x", "1 2", "a b c")
        texts.forEachIndexed { index, text -> phone.notes["mark|model$index|gpu"] = text }
        phone.notes["mark|model|tpu"] = "TRYING|0|a|2"
        for (text in texts) {
            phone.notes["record|gpu"] = text
            assertNull(text, phone.drivers.trouble(candidate("gpu")))
        }
    }

    @Test
    fun aDriverThatHangsIsLeftOutByASecondScreenOfTheSameProcess() {
        val phone = FakePhone()
        phone.drivers.mark("model", candidate("gpu"), Phase.STUCK)
        assertEquals(Outcome.Hung, phone.drivers.trouble(candidate("gpu")))
        phone.drivers.mark("model", candidate("gpu"), Phase.USING)
        assertNull("slow, but it came back", phone.drivers.trouble(candidate("gpu")))
    }

    @Test
    fun zerosAndNoNumbersAreToldAsSuchAndTheGpuIsTriedWith32Bits() {
        val nothing = floatArrayOf(0f, 0f, 0f, 0f)
        for ((answer, outcome) in listOf(
            nothing to Outcome.Zeros,
            floatArrayOf(-4f, Float.NaN, 4f, 2f) to Outcome.NotNumbers,
            floatArrayOf(-4f, 0f, Float.POSITIVE_INFINITY, 2f) to Outcome.NotNumbers,
        )) {
            val phone = FakePhone("gpu" to Behaviour(0.1, answer = answer), "gpu_32" to Behaviour(0.2))
            val state = phone.life()
            assertEquals("gpu_32", state?.candidate?.key)
            assertEquals(outcome, state?.outcome("gpu"))
        }
        val blank = FakePhone("cpu1" to Behaviour(1.0, answer = nothing), "gpu" to Behaviour(0.1, answer = nothing))
        assertEquals("zeros are right where the CPU says so", "gpu", blank.life()?.candidate?.key)
    }

    @Test
    fun measuredAgainEverythingGetsAnotherChance() {
        val phone = FakePhone("gpu" to Behaviour(0.1, crashesAt = Moment.START), "nnapi" to Behaviour(0.2, hangsAt = Moment.START))
        repeat(3) { phone.life() }
        phone.drivers.mark("model", candidate("gpu_32"), Phase.CLOSING)
        phone.restart(Death.CRASH)
        phone.drivers.forget()
        for (key in listOf("gpu", "nnapi")) assertNull(phone.drivers.trouble(candidate(key)))
        assertTrue(phone.drivers.crashesAtClose(candidate("gpu_32")))
    }

    @Test
    fun anErrorAtClosingIsToldAndNoMore() {
        val phone = FakePhone("gpu" to Behaviour(0.1))
        val told = ArrayList<String>()
        val listener = object : TuningListener {
            override fun onDropped(trial: Trial, error: Throwable?) {
                told += "${trial.candidate.key}: ${error?.message}"
            }
        }
        val runner = object : ModelRunner by EmptyRunner() {
            override fun close(): Unit = throw IllegalStateException("gone")
        }
        Drivers("model", phone.drivers, KeptRunners(), { AutoCloseable {} }, listener) { runner }.close(candidate("gpu"), runner)
        assertEquals(listOf("gpu: gone"), told)
    }

    @Test
    fun causesAreHandedOn() {
        val phone = FakePhone(
            "cpu2" to Behaviour(failsToStart = UnsatisfiedLinkError("x")),
            "gpu" to Behaviour(0.1, failsAtRun = 1),
            "nnapi" to Behaviour(failsToStart = UnsupportedProcessor("none")),
        )
        phone.tuned(candidates = arrayOf("cpu1", "cpu2", "gpu", "nnapi")).run(INPUT)
        assertEquals(listOf("cpu2 UnsatisfiedLinkError", "gpu IllegalArgumentException", "nnapi UnsupportedProcessor"), phone.told)
    }

    @Test
    fun aKeptRunnerBelongsToItsThread() {
        val kept = KeptRunners()
        val runner = EmptyRunner()
        kept.keep("model", candidate("gpu"), runner)
        var other: Any? = null
        thread { other = kept.take("model", candidate("gpu")) }.join()
        assertNull(other)
        assertNull(kept.take("other", candidate("gpu")))
        assertNull(kept.take("model", candidate("gpu_32")))
        assertSame(runner, kept.take("model", candidate("gpu")))
        assertNull("in use", kept.take("model", candidate("gpu")))
        val second = EmptyRunner()
        kept.keep("model", candidate("gpu"), second)
        assertNotSame(runner, kept.take("model", candidate("gpu")))
    }

    private class EmptyRunner : ModelRunner {
        override fun run(input: ByteBuffer) = listOf(input)

        override fun close() = Unit
    }

    @Test
    fun theWatchdogBarksOnlyAtWhatDoesNotComeBack() {
        val barked = CountDownLatch(1)
        TimedWatchdog(10).watch(barked::countDown).use { assertTrue(barked.await(10, TimeUnit.SECONDS)) }
        val quick = CountDownLatch(1)
        TimedWatchdog(100).watch(quick::countDown).close()
        assertFalse(quick.await(300, TimeUnit.MILLISECONDS))
    }
}
