package io.apkiln.app.bench

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelRunner
import io.apkiln.app.window.WindowBuffer
import java.nio.ByteBuffer

/** What a sensor screen does with a sample: the window moves on by one. */
fun makeWork(contract: ModelContract, runner: ModelRunner): FrameWork = object : FrameWork {
    private val buffer = WindowBuffer(contract)
    private val decoder = ModelContracts.kind(contract).decoder(contract)
    private val answer = decoder.newAnswer()
    private val sample = FloatArray(contract.input.channels.size)
    private var count = 0

    override val what = "a sample of ${contract.input.channels.size} channels, ${buffer.length} a window"
    override val input: ByteBuffer by lazy(LazyThreadSafetyMode.NONE) { filled() }

    override fun frame() {
        addSample()
        decoder.decode(runner.run(filled()), answer)
    }

    private fun filled(): ByteBuffer {
        while (!buffer.full) addSample()
        return checkNotNull(buffer.tensor())
    }

    /** A sawtooth over the usual range of each channel. */
    private fun addSample() {
        val (mean, std) = contract.normalization.run { mean to std }
        for (c in sample.indices) sample[c] = mean[c] + std[c] * ((count * (c + 3)) % 16) / 16
        count++
        buffer.add(sample)
    }
}
