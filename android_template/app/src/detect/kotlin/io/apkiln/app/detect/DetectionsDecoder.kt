package io.apkiln.app.detect

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import java.nio.ByteBuffer
import kotlin.math.roundToInt

/**
 * [Decoder.Detections]: the first n rows, n in the last output, whose score reaches the threshold, in the order of their scores; equal
 * ones stay in their order. Rows whose boxes are not finite are none. Same as decode_detections of pymodel/inference/objects.py.
 */
class DetectionsDecoder(contract: ModelContract) : TaskDecoder<ObjectsAnswer> {
    private val threshold = contract.decoder<Decoder.Detections>().threshold
    private val elements = contract.outputs.map(::TensorElements)
    private val rows: Int
    private val labels = contract.labels

    init {
        val sizes = contract.outputs.map { it.shape.fold(1, Int::times) }
        rows = sizes.getOrElse(SCORES) { 0 }
        check(sizes == listOf(4 * rows, rows, rows, 1)) { "${contract.file}: outputs of $sizes elements are no detections" }
    }

    override fun newAnswer() = ObjectsAnswer(minOf(rows, ObjectsAnswer.MOST), 0, labels)

    override fun decode(outputs: List<ByteBuffer>, answer: ObjectsAnswer) {
        answer.count = 0
        val holding = elements[COUNT].read(outputs[COUNT], 0)
        for (row in 0 until rows) {
            if (row >= holding) break
            val score = elements[SCORES].read(outputs[SCORES], row)
            if (score >= threshold && isFinite(outputs[BOXES], row)) insert(score, row, outputs, answer)
        }
    }

    private fun isFinite(boxes: ByteBuffer, row: Int): Boolean {
        for (side in 4 * row until 4 * row + 4) if (!elements[BOXES].read(boxes, side).isFinite()) return false
        return true
    }

    /** Puts a row behind those that are as sure; the least sure one makes room. */
    private fun insert(score: Float, row: Int, outputs: List<ByteBuffer>, answer: ObjectsAnswer) {
        var place = answer.count
        while (place > 0 && answer.scores[place - 1] < score) place--
        if (place == answer.most) return
        val moved = minOf(answer.count, answer.most - 1)
        answer.scores.copyInto(answer.scores, place + 1, place, moved)
        answer.classes.copyInto(answer.classes, place + 1, place, moved)
        answer.boxes.copyInto(answer.boxes, 4 * (place + 1), 4 * place, 4 * moved)
        answer.count = moved + 1
        answer.scores[place] = score
        answer.classes[place] = elements[CLASSES].read(outputs[CLASSES], row).roundToInt()
        for (side in 0 until 4) answer.boxes[4 * place + side] = elements[BOXES].read(outputs[BOXES], 4 * row + (side xor 1))
    }

    private companion object {
        /** Each box has top, left, bottom, right: x and y change places. */
        const val BOXES = 0
        const val CLASSES = 1
        const val SCORES = 2
        const val COUNT = 3
    }
}
