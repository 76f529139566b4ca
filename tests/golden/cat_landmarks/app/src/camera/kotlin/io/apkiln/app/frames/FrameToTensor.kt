package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * Makes a model's input from a camera frame: turn, mirror, crop, scale, YUV → RGB, normalize, quantize.
 *
 * The same crop as `crop_region` of pymodel/geometry.py, without its rounding. YUV is BT.601 with full range (as JPEG
 * and Android's camera); each picture pixel has the chroma of its block of 2 × 2. Scaling is linear, so Y, U and V are
 * scaled, row by row as they lie in memory, and only an output pixel becomes RGB: what is no colour is cut to 0–255 then.
 * Nothing is allocated per frame, and what is the same for every frame of a camera is laid out once.
 */
class FrameToTensor(contract: ModelContract) {
    private val size = contract.input.shape[1]
    private val stored = StoredType.of(contract.input.type)
    private val mean = contract.mean.toFloatArray()
    private val factor = FloatArray(3) { (1 / contract.std[it]).toFloat() }
    private val fill = FloatArray(3) { round(mean[it]).coerceIn(0f, 255f) }
    private val pixels = PixelWriter(contract)
    private val across = SampleAxis(size)
    private val down = SampleAxis(size)
    private val y = PlaneRows(size)
    private val u = PlaneRows(size)
    private val v = PlaneRows(size)
    private val rgb = Array(3) { FloatArray(size) }
    private val laid = LaidCrop()

    /** The input buffer: direct, native order, the same for every frame. */
    val tensor: ByteBuffer =
        ByteBuffer.allocateDirect(size * size * 3 * stored.bytes).order(ByteOrder.nativeOrder())

    /** Fills [tensor] with what [region] of the upright picture shows. */
    fun fill(frame: Frame, region: Region): ByteBuffer {
        val turn = frame.rotationDegrees
        val turned = turn == 90 || turn == 270
        require(turned || turn == 0 || turn == 180) { "rotation $turn is none of 0, 90, 180, 270" }
        val halfWidth = (frame.width + 1) / 2
        if (laid.changes(frame, region)) {
            lay(frame, region, turned)
            y.lay(across.luma, frame.width, across.from, across.until)
            u.lay(across.chroma, halfWidth, across.from, across.until)
            v.lay(across.chroma, halfWidth, across.from, across.until)
            for (channel in 0 until 3) pixels.fill(channel, (fill[channel] - mean[channel]) * factor[channel])
        }
        y.startFrame()
        u.startFrame()
        v.startFrame()
        for (row in down.from until down.until) {
            y.fill(frame.yPlane, frame.yRowStride, frame.yPixelStride, frame.width, down.luma, row)
            u.fill(frame.uPlane, frame.uvRowStride, frame.uvPixelStride, halfWidth, down.chroma, row)
            v.fill(frame.vPlane, frame.uvRowStride, frame.uvPixelStride, halfWidth, down.chroma, row)
            toRgb(down.inside[row])
            if (turned) {
                pixels.column(rgb, row, across.from, across.until)
            } else {
                pixels.row(rgb, row, across.from, across.until)
            }
        }
        pixels.store(tensor)
        return tensor
    }

    /** The planes' columns are the upright picture's rows where it is [turned] by 90° or 270°. */
    private fun lay(frame: Frame, region: Region, turned: Boolean) {
        val turn = frame.rotationDegrees
        val columns = if (turned) down else across
        val rows = if (turned) across else down
        columns.lay(region.left, region.side, frame.uprightWidth, (turn == 90 || turn == 180) != frame.mirror)
        rows.lay(region.top, region.side, frame.uprightHeight, turn == 180 || turn == 270)
    }

    private fun toRgb(rowInside: Float) {
        val luma = y.values
        val blue = u.values
        val red = v.values
        val inside = across.inside
        channel(0, luma, blue, red, inside, rowInside, 0f, 1.402f)
        channel(1, luma, blue, red, inside, rowInside, -0.344136f, -0.714136f)
        channel(2, luma, blue, red, inside, rowInside, 1.772f, 0f)
    }

    /** y + [ofU] * (u - 128) + [ofV] * (v - 128) of what lies inside the picture, the fill for the rest; normalized. */
    private fun channel(
        channel: Int, y: FloatArray, u: FloatArray, v: FloatArray, columnInside: FloatArray, rowInside: Float,
        ofU: Float, ofV: Float,
    ) {
        val result = rgb[channel]
        val middle = -128f * (ofU + ofV)
        val outside = fill[channel]
        val mean = mean[channel]
        val factor = factor[channel]
        for (i in across.from until across.until) {
            val inside = columnInside[i] * rowInside
            val value = y[i] + ofU * u[i] + ofV * v[i] + middle * inside
            result[i] = (maxOf(0f, minOf(255f * inside, value)) + (1 - inside) * outside - mean) * factor
        }
    }
}
