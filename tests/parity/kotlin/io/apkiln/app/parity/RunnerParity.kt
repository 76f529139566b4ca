package io.apkiln.app.parity

import io.apkiln.app.model.startOnCpu
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** One real model on one input: this JVM's TensorFlow Lite and Python's. */
@RunWith(Parameterized::class)
class RunnerParity(private val case: Case) {
    @Test
    fun sameOutput() {
        val contract = case.contract()
        val runner = startOnCpu(case.model("model"), contract)
        val found = runner.run(case.bytes("input"))[0]
        val limit = case.text("limit").toDouble()
        case.compareTensors("output", case.bytes("output"), found, contract.output.dtype, limit)
        runner.close()
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("runner")
    }
}
