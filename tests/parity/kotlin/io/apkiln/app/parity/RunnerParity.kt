package io.apkiln.app.parity

import io.apkiln.app.model.startOnCpu
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** One real model on one input: this JVM's TensorFlow Lite and Python's. */
@RunWith(Parameterized::class)
class RunnerParity(private val case: Case) {
    @Test
    fun sameOutputs() {
        val contract = case.contract()
        val runner = startOnCpu(case.model("model"), contract)
        val found = runner.run(case.bytes("input"))
        val limit = case.text("limit").toDouble()
        val expected = case.outputs()
        assertEquals(expected.size, found.size)
        for ((index, output) in expected.withIndex()) {
            case.compareTensors("output", output, found[index], contract.outputs[index].dtype, limit)
        }
        assertSame("the same list", found, runner.run(case.bytes("input")))
        runner.close()
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("runner")
    }
}
