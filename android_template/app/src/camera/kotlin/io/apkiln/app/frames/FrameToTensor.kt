package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * Makes a model's input from a camera frame in one pass: turn, mirror, crop, scale, YUV → RGB, normalize, quantize.
 *
 * The same crop as `crop_region` of pymodel/geometry.py, without its rounding. YUV is BT.601 with full range (as JPEG
 * and Android's camera); each picture pixel has the chroma of its block of 2 × 2. Nothing is allocated per frame.
 */
class FrameToTensor(contract: ModelContract) {
    private val size = contract.input.shape[1]
    private val stored = StoredType.of(contract.input.type)
    private val bytesPerValue = stored.bytes
    private val mean = contract.mean.toFloatArray()
    private val std = contract.std.toFloatArray()
    private val fill = FloatArray(3) { round(mean[it]).coerceIn(0f, 255f) }
    private val scale = contract.input.scale
    private val zeroPoint = contract.input.zeroPoint
    private val columns = SampleAxis(size)
    private val rows = SampleAxis(size)

    /** The input buffer: direct, native order, the same for every frame. */
    val tensor: ByteBuffer =
        ByteBuffer.allocateDirect(size * size * 3 * bytesPerValue).order(ByteOrder.nativeOrder())

    /** Fills [tensor] with what [region] of the upright picture shows. */
    fun fill(frame: Frame, region: Region): ByteBuffer {
        lay(frame, region)
        var index = 0
        for (i in 0 until size) {
            for (j in 0 until size) {
                gather(frame, i, j, index)
                index += 3 * bytesPerValue
            }
        }
        tensor.rewind()
        return tensor
    }

    private fun lay(frame: Frame, region: Region) {
        val turn = frame.rotationDegrees
        val upright = turn == 0 || turn == 180
        require(upright || turn == 90 || turn == 270) { "rotation $turn is none of 0, 90, 180, 270" }
        val acrossLuma = frame.yPixelStride
        val acrossChroma = frame.uvPixelStride
        val downLuma = frame.yRowStride
        val downChroma = frame.uvRowStride
        val backwardColumns = (turn == 90 || turn == 180) != frame.mirror
        val backwardRows = turn == 180 || turn == 270
        columns.lay(
            region.left, region.side, frame.uprightWidth, backwardColumns,
            if (upright) acrossLuma else downLuma, if (upright) acrossChroma else downChroma,
        )
        rows.lay(
            region.top, region.side, frame.uprightHeight, backwardRows,
            if (upright) downLuma else acrossLuma, if (upright) downChroma else acrossChroma,
        )
    }

    private fun gather(frame: Frame, i: Int, j: Int, index: Int) {
        val yPlane = frame.yPlane
        val uPlane = frame.uPlane
        val vPlane = frame.vPlane
        var red = 0f
        var green = 0f
        var blue = 0f
        var outside = 0f
        for (row in rows.first[i] until rows.first[i + 1]) {
            val rowLuma = rows.luma[row]
            val rowChroma = rows.chroma[row]
            val rowWeight = rows.weight[row]
            for (column in columns.first[j] until columns.first[j + 1]) {
                val weight = rowWeight * columns.weight[column]
                val columnLuma = columns.luma[column]
                if (rowLuma < 0 || columnLuma < 0) {
                    outside += weight
                    continue
                }
                val chroma = rowChroma + columns.chroma[column]
                val y = (yPlane.get(rowLuma + columnLuma).toInt() and 0xff).toFloat()
                val u = (uPlane.get(chroma).toInt() and 0xff) - 128
                val v = (vPlane.get(chroma).toInt() and 0xff) - 128
                red += weight * (y + 1.402f * v).coerceIn(0f, 255f)
                green += weight * (y - 0.344136f * u - 0.714136f * v).coerceIn(0f, 255f)
                blue += weight * (y + 1.772f * u).coerceIn(0f, 255f)
            }
        }
        put(index, 0, red + outside * fill[0])
        put(index, 1, green + outside * fill[1])
        put(index, 2, blue + outside * fill[2])
    }

    private fun put(index: Int, channel: Int, value: Float) {
        val normalized = (value - mean[channel]) / std[channel]
        if (stored == StoredType.FLOAT32) {
            tensor.putFloat(index + 4 * channel, normalized)
        } else {
            val whole = round(normalized / scale).toInt() + zeroPoint
            tensor.put(index + channel, whole.coerceIn(stored.lowest, stored.highest).toByte())
        }
    }
}
