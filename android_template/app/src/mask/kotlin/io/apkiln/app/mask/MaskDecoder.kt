package io.apkiln.app.mask

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import kotlin.math.ln

/**
 * [Decoder.Mask]: of (1, H, W, 1) a cell is of class 1 if its probability, or σ of its logit l, reaches t: l >= ln(t / (1 - t)); of
 * (1, H, W, C) it is of the class with the largest score, the first of equals.
 */
class MaskDecoder(contract: ModelContract) : TaskDecoder<MaskAnswer> {
    private val decoder = contract.decoder<Decoder.Mask>()
    private val dtype = contract.output.dtype
    private val values = TensorElements(contract.output)
    private val labels = contract.labels
    private val rows: Int
    private val columns: Int
    private val maps: Int
    private val least = decoder.cellThreshold.let { if (decoder.logits) ln(it / (1 - it)) else it }

    init {
        val shape = contract.output.shape
        check(shape.size == 4 && shape[0] == 1 && shape[3] in 1..MOST_CLASSES) { "${contract.file}: an output $shape is no mask" }
        rows = shape[1]
        columns = shape[2]
        maps = shape[3]
    }

    override fun newAnswer() = MaskAnswer(rows, columns, maxOf(maps, 2), labels, decoder.threshold)

    override fun decode(outputs: List<ByteBuffer>, answer: MaskAnswer) {
        val output = outputs[0]
        for (cell in answer.cells.indices) {
            answer.cells[cell] = if (maps > 1) largest(output, cell * maps) else belongs(output, cell)
        }
    }

    private fun belongs(output: ByteBuffer, cell: Int): Byte = if (values.read(output, cell) >= least) 1 else 0

    /** As stored: a scale changes no order. */
    private fun largest(output: ByteBuffer, first: Int): Byte {
        var best = 0
        var highest = dtype.read(output, first)
        for (map in 1 until maps) {
            val score = dtype.read(output, first + map)
            if (score > highest) {
                highest = score
                best = map
            }
        }
        return best.toByte()
    }

    private companion object {
        /** As many as a byte tells apart. */
        const val MOST_CLASSES = 256
    }
}
