package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.round

/**
 * Makes a model's input from a camera frame: turn, mirror, crop, scale, YUV → RGB, normalize, quantize.
 *
 * The same crop as `crop_region` of pymodel/geometry.py, and rounded as finely: weights to 1/256, each plane's rows, once
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
    private val whole by lazy { Pixels(table, size * size, tensor) }
    private val lines = Array(Crew.WORKERS) { Pixels(table, size, tensor) }
    private val workers = Array(Crew.WORKERS) { CropRows(size, fill) }
    private val crew = Crew { worker, chunk ->
        val from = crop.down.from + chunk * CHUNK
        for (row in from until minOf(from + CHUNK, crop.down.until)) write(workers[worker], lines[worker], row)
    }

    /** Fills [tensor] with what [region] of the upright picture shows. */
    fun fill(frame: Frame, region: Region): ByteBuffer {
        if (crop.lay(frame, region)) clear()
        if (crop.across.until > 0 && crop.down.until > 0) {
            workers.forEach { it.open(frame, crop) }
            val rows = crop.down.until - crop.down.from
            val read = (crop.across.luma.high - crop.across.luma.low) * (crop.down.luma.high - crop.down.luma.low)
            crew.run((rows + CHUNK - 1) / CHUNK, alone = read < WORTH_HELP)
            if (crop.turned) whole.store(0, size * size)
        }
        tensor.rewind()
        return tensor
    }

    /** Gives all pixels what is shown beyond the picture's edge. */
    private fun clear() {
        if (crop.turned) {
            whole.fill(fill)
            whole.store(0, size * size)
        } else {
            lines[0].fill(fill)
            for (row in 0 until size) lines[0].store(size * row, size)
        }
    }

    private fun write(worker: CropRows, line: Pixels, row: Int) {
        worker.compute(crop, row)
        val from = crop.across.from
        val until = crop.across.until
        if (crop.turned) {
            whole.column(worker.red, worker.green, worker.blue, row, size, from, until)
        } else {
            line.row(worker.red, worker.green, worker.blue, from, until)
            line.store(size * row + from, until - from)
        }
    }

    private companion object {
        /** Output rows at a time; a column of so many floats fills whole cache lines. */
        const val CHUNK = 16

        /** Picture pixels from which on a second thread helps by more than waking it costs. */
        const val WORTH_HELP = 100_000
    }
}
