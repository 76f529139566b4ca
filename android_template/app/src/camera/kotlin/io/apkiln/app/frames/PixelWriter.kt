package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.StoredType
import java.nio.ByteBuffer
import kotlin.math.round

/** Gathers the pixels of a model's input, and writes them at once as its type wants them. */
internal class PixelWriter(contract: ModelContract) {
    private val size = contract.input.shape[1]
    private val stored = StoredType.of(contract.input.type)
    private val scale = contract.input.scale
    private val zeroPoint = contract.input.zeroPoint
    private val values = FloatArray(size * size * 3)
    private val bytes = ByteArray(if (stored == StoredType.FLOAT32) 0 else values.size)
    private var target: ByteBuffer? = null
    private var floats = ByteBuffer.allocate(0).asFloatBuffer()

    /** Gives all pixels the same [value] in a channel. */
    fun fill(channel: Int, value: Float) {
        for (index in channel until values.size step 3) values[index] = value
    }

    /** Takes normalized pixels [from] until [until] of row [i], a channel an array. */
    fun row(rgb: Array<FloatArray>, i: Int, from: Int, until: Int) = put(rgb, 3 * size * i, 3, from, until)

    /** As [row], for column [j]. */
    fun column(rgb: Array<FloatArray>, j: Int, from: Int, until: Int) = put(rgb, 3 * j, 3 * size, from, until)

    private fun put(rgb: Array<FloatArray>, first: Int, step: Int, from: Int, until: Int) {
        val (red, green, blue) = rgb
        val values = values
        var index = first + from * step
        for (i in from until until) {
            values[index] = red[i]
            values[index + 1] = green[i]
            values[index + 2] = blue[i]
            index += step
        }
    }

    /** Writes all pixels into [tensor], which is the same at each call; its position is 0 after it. */
    fun store(tensor: ByteBuffer) {
        tensor.rewind()
        if (stored == StoredType.FLOAT32) {
            if (target !== tensor) {
                target = tensor
                floats = tensor.asFloatBuffer()
            }
            floats.rewind()
            floats.put(values)
        } else {
            for (i in values.indices) {
                val whole = round(values[i] / scale).toInt() + zeroPoint
                bytes[i] = whole.coerceIn(stored.lowest, stored.highest).toByte()
            }
            tensor.put(bytes)
            tensor.rewind()
        }
    }
}
