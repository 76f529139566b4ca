package io.apkiln.app.detect

import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TaskDecoder
import io.apkiln.app.model.TensorElements
import io.apkiln.app.model.sigmoid
import java.nio.ByteBuffer

/**
 * [Decoder.Anchors]: row a says x, y of a box's centre, its width w and height h, and x, y of points, in pixels of the input W × H; with
 * (p, q) the centre of its anchor's cell in [0, 1], x0 = p + (x - w / 2) / W, y0 = q + (y - h / 2) / H, and so on. Its class is that
 * of the largest logit l, its score σ(clip(l, ±100)). The surest row and all rows of its class whose IoU with it is above the overlap
 * become one object with that row's score: Σ score × coordinate / Σ score; the same again with the other rows. Same as
 * decode_anchors of pymodel/inference/objects.py (MediaPipe: tensors_to_detections_calculator, non_max_suppression_calculator).
 */
class AnchorsDecoder(contract: ModelContract) : TaskDecoder<ObjectsAnswer> {
    private val decoder = contract.decoder<Decoder.Anchors>()
    private val labels = contract.labels
    private val values = TensorElements(contract.output)
    private val logits: TensorElements
    private val width = contract.input.shape[2].toFloat()
    private val height = contract.input.shape[1].toFloat()
    private val centres = anchorCentres(decoder.grids)
    private val anchors = centres.size / 2

    /** Numbers of a row: two for each of its corners and points. */
    private val numbers = contract.output.shape.last()
    private val classCount: Int
    private val corners = FloatArray(numbers * anchors)
    private val scores = FloatArray(anchors)
    private val classes = IntArray(anchors)

    /** The rows that count and belong to no object yet, in ascending order. */
    private val left = IntArray(anchors)
    private var leftCount = 0
    private val sums = DoubleArray(numbers)

    init {
        val shapes = contract.outputs.map { it.shape }
        check(shapes.size == 2 && numbers >= 4 && numbers % 2 == 0 && shapes[0] == listOf(1, anchors, numbers)) {
            "${contract.file}: outputs $shapes are no rows of $anchors anchors"
        }
        classCount = shapes[1].last()
        check(shapes[1] == listOf(1, anchors, classCount)) { "${contract.file}: $shapes are no scores of $anchors anchors" }
        logits = TensorElements(contract.outputs[1])
    }

    override fun newAnswer() = ObjectsAnswer(minOf(anchors, ObjectsAnswer.MOST), numbers / 2 - 2, labels)

    override fun decode(outputs: List<ByteBuffer>, answer: ObjectsAnswer) {
        leftCount = 0
        for (row in 0 until anchors) {
            readScore(outputs[1], row)
            if (scores[row] >= decoder.threshold && readCorners(outputs[0], row)) left[leftCount++] = row
        }
        answer.count = 0
        while (leftCount > 0 && answer.count < answer.most) add(surest(), answer)
    }

    private fun readScore(tensor: ByteBuffer, row: Int) {
        var best = 0
        var highest = logits.read(tensor, row * classCount)
        for (k in 1 until classCount) {
            val logit = logits.read(tensor, row * classCount + k)
            if (logit > highest) {
                highest = logit
                best = k
            }
        }
        classes[row] = best
        scores[row] = sigmoid(highest.coerceIn(-LIMIT, LIMIT))
    }

    /** Corners and points in [0, 1] of the input; returns whether they are a box. */
    private fun readCorners(tensor: ByteBuffer, row: Int): Boolean {
        val at = row * numbers
        val p = centres[2 * row]
        val q = centres[2 * row + 1]
        val wide = values.read(tensor, at + 2) / width
        val high = values.read(tensor, at + 3) / height
        if (!(wide >= 0 && high >= 0)) return false
        for (k in 0 until numbers / 2) {
            corners[at + 2 * k] = values.read(tensor, at + 2 * k) / width + p
            corners[at + 2 * k + 1] = values.read(tensor, at + 2 * k + 1) / height + q
        }
        corners[at + 2] = corners[at] + wide / 2
        corners[at + 3] = corners[at + 1] + high / 2
        corners[at] -= wide / 2
        corners[at + 1] -= high / 2
        for (k in 0 until numbers) if (!corners[at + k].isFinite()) return false
        return true
    }

    private fun surest(): Int {
        var best = left[0]
        for (i in 1 until leftCount) if (scores[left[i]] > scores[best]) best = left[i]
        return best
    }

    /** Adds the object of row [best], and leaves the others. */
    private fun add(best: Int, answer: ObjectsAnswer) {
        sums.fill(0.0)
        var weight = 0.0
        var others = 0
        for (i in 0 until leftCount) {
            val row = left[i]
            // A box without area overlaps not even itself.
            if (row == best || classes[row] == classes[best] && overlap(row, best) > decoder.overlap) {
                weight += scores[row]
                for (k in 0 until numbers) sums[k] += scores[row] * corners[row * numbers + k].toDouble()
            } else {
                left[others++] = row
            }
        }
        leftCount = others
        val place = answer.count++
        answer.scores[place] = scores[best]
        answer.classes[place] = classes[best]
        for (k in 0 until 4) answer.boxes[4 * place + k] = (sums[k] / weight).toFloat()
        for (k in 4 until numbers) answer.points[(numbers - 4) * place + k - 4] = (sums[k] / weight).toFloat()
    }

    /** IoU of two rows; 0 if neither has an area. */
    private fun overlap(a: Int, b: Int): Float {
        val i = a * numbers
        val j = b * numbers
        val wide = minOf(corners[i + 2], corners[j + 2]) - maxOf(corners[i], corners[j])
        val high = minOf(corners[i + 3], corners[j + 3]) - maxOf(corners[i + 1], corners[j + 1])
        val intersection = if (wide > 0 && high > 0) wide * high else 0f
        val union = area(i) + area(j) - intersection
        return if (union > 0) intersection / union else 0f
    }

    private fun area(at: Int) = (corners[at + 2] - corners[at]) * (corners[at + 3] - corners[at + 1])

    private companion object {
        const val LIMIT = 100f
    }
}
