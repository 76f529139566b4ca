package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * Turns a camera frame into a model's input: rotate, mirror, crop, resize, YUV → RGB, normalize, quantize, in one pass.
 *
 * The crop is that of `crop_region` in pymodel/preprocess/geometry.py, rounded just as finely: weights to 1/256, the blended
 * rows of each plane to bytes, and RGB to bytes. YUV is BT.601 with full range, as in JPEG and on Android's cameras; the
 * chroma of a 2 × 2 block applies to each of its pixels. Resizing is linear, so Y, U and V are resized along the rows in
 * which they lie in memory, and only output pixels are converted to RGB and clipped to 0–255. Nothing is allocated per
 * frame, and what all frames of a camera have in common is computed once. For one thread.
 */
class FrameToTensor(contract: ModelContract) {
    private val size = InputSize.of(contract)
    private val fill = IntArray(3) { round(contract.normalization.mean[it]).coerceIn(0f, 255f).toInt() }

    /** The input buffer: direct, in native byte order, and the same for every frame. */
    val tensor: ByteBuffer =
        ByteBuffer.allocateDirect(size.width * size.height * 3 * contract.input.dtype.bytes).order(ByteOrder.nativeOrder())

    private val crop = CropPlan(size)
    private val table = PixelTable(contract)
    private val writer = TensorWriter(tensor)
    private val rows = CropRows(maxOf(size.width, size.height), fill)
    private val line = Pixels(table, size.width)
    private val tile by lazy { Pixels(table, size.height * TILE_COLUMNS) }

    init {
        val shape = contract.input.shape
        check(shape == listOf(1, size.height, size.width, 3)) { "${contract.file}: a camera can't fill an input of shape $shape" }
    }

    /** Fills [tensor] with the part of the upright picture that [region] covers. */
    fun fill(frame: Frame, region: Region): ByteBuffer {
        if (crop.update(frame, region)) clear()
        if (crop.across.until > 0 && crop.down.until > 0) {
            rows.open(frame, crop)
            if (crop.turned) fillColumns() else fillRows()
        }
        tensor.rewind()
        return tensor
    }

    /** Gives every pixel the colour of what lies outside the picture. */
    private fun clear() {
        line.fill(fill)
        for (row in 0 until size.height) line.store(writer, 0, size.width * row, size.width)
    }

    private fun fillRows() {
        val from = crop.across.from
        val until = crop.across.until
        for (row in crop.down.from until crop.down.until) {
            line.row(colorsOf(row, crop.down.from, crop.down.until), from, until)
            line.store(writer, 0, size.width * row + from, until - from)
        }
    }

    /** If the sensor is turned, its rows are columns here: as many as stay in the cache are collected, then stored. */
    private fun fillColumns() {
        var first = crop.down.from // a progression with a step would be an object of its own
        while (first < crop.down.until) {
            val end = minOf(first + TILE_COLUMNS, crop.down.until)
            for (column in first until end) {
                tile.column(colorsOf(column, first, end), column - first, TILE_COLUMNS, crop.across.from, crop.across.until)
            }
            for (row in crop.across.from until crop.across.until) {
                tile.store(writer, TILE_COLUMNS * row, size.width * row + first, end - first)
            }
            first = end
        }
    }

    /** Colours of the sensor's row [row], one of those from [first] until [end]; two are computed at a time. */
    private fun colorsOf(row: Int, first: Int, end: Int): IntArray {
        val which = row - first and 1
        if (which == 0) rows.compute(crop, row, minOf(row + 1, end - 1))
        return rows.colors[which]
    }

    private companion object {
        const val TILE_COLUMNS = 16
    }
}
