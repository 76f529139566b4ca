package io.apkiln.app

import io.apkiln.app.detect.DetectKind
import io.apkiln.app.detect.ObjectsAnswer
import io.apkiln.app.frames.InputSize
import io.apkiln.app.frames.Region
import io.apkiln.app.mask.MaskAnswer
import io.apkiln.app.mask.MaskKind
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.Follows
import io.apkiln.app.model.OutputContract
import io.apkiln.app.raw.RawAnswer
import io.apkiln.app.raw.RawKind
import io.apkiln.app.task.VisibleAnswer
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.cos
import kotlin.math.exp
import kotlin.math.hypot

/** Answers of models that other tools made, on a picture of 480 × 640; [shift] moves what is found, in pixels. */
class ForeignAnswers(private val shift: Float) {
    private val region = Region().apply {
        setPicture(WIDTH, HEIGHT)
        setWithin(this, Follows.FRAME, InputSize(3, 4))
    }

    /** One at the top edge, one at the right edge, two upon each other, one very small; the last class has no name. */
    fun objects(labels: List<String>, points: Int = 0): VisibleAnswer<*> {
        val answer = ObjectsAnswer(ObjectsAnswer.MOST, points, labels)
        val found = listOf(
            floatArrayOf(0.1f, 0.35f, 0.55f, 0.75f), floatArrayOf(0.2f, 0.42f, 0.75f, 0.8f), floatArrayOf(0.3f, 0f, 0.7f, 0.12f),
            floatArrayOf(0.85f, 0.2f, 1.02f, 0.5f), floatArrayOf(0.6f, 0.86f, 0.63f, 0.88f), floatArrayOf(0.02f, 0.85f, 0.3f, 1f),
        )
        for ((k, box) in found.withIndex()) {
            for (side in 0 until 4) answer.boxes[4 * k + side] = box[side] + if (side % 2 == 0) shift / WIDTH else 0f
            answer.scores[k] = 0.97f - 0.09f * k
            answer.classes[k] = CLASSES[k]
            for (point in 0 until points) {
                answer.points[2 * (k * points + point)] = box[0] + (box[2] - box[0]) * (point + 1) / (points + 1)
                answer.points[2 * (k * points + point) + 1] = (box[1] + box[3]) / 2
            }
        }
        answer.count = found.size
        answer.place(region, WIDTH, HEIGHT)
        return VisibleAnswer(DetectKind, answer)
    }

    /** A disc, and another one upon it where there is a second class. */
    fun mask(classes: Int, labels: List<String>): VisibleAnswer<*> {
        val answer = MaskAnswer(64, 48, classes, labels, threshold = 0f)
        for (cell in answer.cells.indices) {
            val (row, column) = cell / 48 to cell % 48 - shift / 10
            answer.cells[cell] = when {
                classes > 2 && hypot(row - 40f, column - 32f) < 9 -> 2
                hypot(row - 30f, column - 20f) < 14 -> 1
                else -> 0
            }
        }
        answer.place(region, WIDTH, HEIGHT)
        return VisibleAnswer(MaskKind, answer)
    }

    fun raw(outputs: Int): VisibleAnswer<*> {
        val shapes = listOf(listOf(1, 5), listOf(1, 8, 6, 4), listOf(1), listOf(1, 1000), listOf(2, 3), listOf(1, 16), listOf(1), listOf(1))
        val names = listOf("scores", "StatefulPartitionedCall/model/block_7/features", "count", "logits", "boxes", "embedding", "a", "b")
        val tensors = List(outputs) { k ->
            val labels = if (k == 0) listOf("cat", "dog", "rabbit", "fox", "owl") else emptyList()
            OutputContract(names[k], shapes[k], ElementType.FLOAT32, labels = labels)
        }
        val answer = RawAnswer(tensors)
        for (output in answer.outputs) {
            val buffer = ByteBuffer.allocateDirect(4 * output.size).order(ByteOrder.nativeOrder())
            for (k in 0 until output.size) buffer.putFloat(4 * k, value(k, output.size) + shift)
            if (output.size == 6) buffer.putFloat(0, Float.NaN)
            output.read(buffer)
        }
        return VisibleAnswer(RawKind, answer)
    }

    private fun value(k: Int, size: Int): Float = exp(-3f * k / size) * cos(0.7f * k) * size

    private companion object {
        const val WIDTH = 480
        const val HEIGHT = 640
        val CLASSES = listOf(0, 1, 0, 2, 1, 17)
    }
}
