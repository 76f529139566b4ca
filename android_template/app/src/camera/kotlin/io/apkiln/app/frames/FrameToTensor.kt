package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * Makes a model's input from a camera frame: turn, mirror, crop, scale, YUV → RGB, normalize, quantize.
 *
 * The same crop as `crop_region` of pymodel/preprocess/geometry.py, and rounded as finely: weights to 1/256, each plane's rows, once
 * they are blended, to bytes, and RGB to bytes. YUV is BT.601 with full range (as JPEG and Android's camera); each picture
 * pixel has the chroma of its block of 2 × 2. Scaling is linear, so Y, U and V are scaled, row by row as they lie in
 * memory, and only an output pixel becomes RGB: what is no colour is cut to 0–255 then. Nothing is allocated per frame,
 * what is the same for every frame of a camera is laid out once, and large frames are computed by two threads.
 */
class FrameToTensor(contract: ModelContract) {
    private val size = contract.input.shape[1]
    private val fill = IntArray(3) { round(contract.mean[it]).coerceIn(0f, 255f).toInt() }

    /** The input buffer: direct, native order, the same for every frame. */
    val tensor: ByteBuffer =
        ByteBuffer.allocateDirect(size * size * 3 * StoredType.of(contract.input.type).bytes).order(ByteOrder.nativeOrder())

    private val crop = LaidCrop(size)
    private val table = PixelTable(contract)
    private val writers = Array(Crew.WORKERS) { TensorWriter(tensor) }
    private val workers = Array(Crew.WORKERS) { CropRows(size, fill) }
    private val lines = Array(Crew.WORKERS) { Pixels(table, size) }
    private val tiles by lazy { Array(Crew.WORKERS) { Pixels(table, size * COLUMNS) } }
    private val crew = Crew { worker, chunk ->
        val first = crop.down.from + chunk * atOnce()
        val end = minOf(first + atOnce(), crop.down.until)
        if (crop.turned) columns(worker, first, end) else rows(worker, first, end)
    }

    /** Fills [tensor] with what [region] of the upright picture shows. */
    fun fill(frame: Frame, region: Region): ByteBuffer {
        if (crop.lay(frame, region)) clear()
        if (crop.across.until > 0 && crop.down.until > 0) {
            workers.forEach { it.open(frame, crop) }
            val rows = crop.down.until - crop.down.from
            val read = (crop.across.luma.high - crop.across.luma.low) * (crop.down.luma.high - crop.down.luma.low)
            crew.run((rows + atOnce() - 1) / atOnce(), alone = read < WORTH_HELP)
        }
        tensor.rewind()
        return tensor
    }

    /** Gives all pixels what is shown beyond the picture's edge. */
    private fun clear() {
        lines[0].fill(fill)
        for (row in 0 until size) lines[0].store(writers[0], 0, size * row, size)
    }

    private fun rows(worker: Int, first: Int, end: Int) {
        val rows = workers[worker]
        val from = crop.across.from
        val until = crop.across.until
        for (row in first until end) {
            val which = row - first and 1
            if (which == 0) rows.compute(crop, row, minOf(row + 1, end - 1))
            lines[worker].row(rows.colors[which], from, until)
            lines[worker].store(writers[worker], 0, size * row + from, until - from)
        }
    }

    /** Where the crop is turned, what is computed are columns: some are gathered side by side, small enough to stay in the cache. */
    private fun columns(worker: Int, first: Int, end: Int) {
        val columns = workers[worker]
        val tile = tiles[worker]
        for (column in first until end) {
            val which = column - first and 1
            if (which == 0) columns.compute(crop, column, minOf(column + 1, end - 1))
            tile.column(columns.colors[which], column - first, COLUMNS, crop.across.from, crop.across.until)
        }
        for (row in crop.across.from until crop.across.until) {
            tile.store(writers[worker], COLUMNS * row, size * row + first, end - first)
        }
    }

    private fun atOnce() = if (crop.turned) COLUMNS else ROWS

    private companion object {
        /** What a thread computes before it asks for more. */
        const val ROWS = 4
        const val COLUMNS = 16

        /** Picture pixels from which on a second thread helps by more than waking it costs. */
        const val WORTH_HELP = 100_000
    }
}
