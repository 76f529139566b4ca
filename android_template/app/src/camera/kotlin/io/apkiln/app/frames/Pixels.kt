package io.apkiln.app.frames

/** Gathers [count] pixels as a model's input stores them, a colour as three places in [table]. */
internal class Pixels(private val table: PixelTable, count: Int) {
    private val floats = Apart.floats(if (table.floating) 3 * count else 0)
    private val bytes = Apart.bytes(if (table.floating) 0 else 3 * count)

    /** Gives all pixels the same [rgb], 0–255. */
    fun fill(rgb: IntArray) {
        for (channel in 0 until 3) {
            val place = channel * PixelTable.LEVELS + rgb[channel]
            if (table.floating) {
                for (index in channel until floats.size step 3) floats[index] = table.floats[place]
            } else {
                for (index in channel until bytes.size step 3) bytes[index] = table.bytes[place]
            }
        }
    }

    /** Takes the colours [from] until [until], as the first pixels. */
    fun row(red: IntArray, green: IntArray, blue: IntArray, from: Int, until: Int) {
        if (table.floating) {
            gather(floats, table.floats, red, green, blue, from, until)
        } else {
            gather(bytes, table.bytes, red, green, blue, from, until)
        }
    }

    /** Takes the colours [from] until [until]: colour i as pixel [first] + i * [step]. */
    fun column(red: IntArray, green: IntArray, blue: IntArray, first: Int, step: Int, from: Int, until: Int) {
        if (table.floating) {
            gatherFar(floats, table.floats, red, green, blue, first, step, from, until)
        } else {
            gatherFar(bytes, table.bytes, red, green, blue, first, step, from, until)
        }
    }

    /** Copies [count] pixels from pixel [first] on to those of the tensor from [target] on. */
    fun store(into: TensorWriter, first: Int, target: Int, count: Int) {
        if (table.floating) {
            into.put(floats, 3 * first, 3 * target, 3 * count)
        } else {
            into.put(bytes, 3 * first, 3 * target, 3 * count)
        }
    }

    private fun gather(
        floats: FloatArray, table: FloatArray, red: IntArray, green: IntArray, blue: IntArray, from: Int, until: Int,
    ) {
        for (i in 0 until until - from) {
            floats[3 * i] = table[red[from + i]]
            floats[3 * i + 1] = table[green[from + i]]
            floats[3 * i + 2] = table[blue[from + i]]
        }
    }

    private fun gather(
        bytes: ByteArray, table: ByteArray, red: IntArray, green: IntArray, blue: IntArray, from: Int, until: Int,
    ) {
        for (i in 0 until until - from) {
            bytes[3 * i] = table[red[from + i]]
            bytes[3 * i + 1] = table[green[from + i]]
            bytes[3 * i + 2] = table[blue[from + i]]
        }
    }

    private fun gatherFar(
        floats: FloatArray, table: FloatArray,
        red: IntArray, green: IntArray, blue: IntArray, first: Int, step: Int, from: Int, until: Int,
    ) {
        var index = 3 * (first + step * from)
        for (i in from until until) {
            floats[index] = table[red[i]]
            floats[index + 1] = table[green[i]]
            floats[index + 2] = table[blue[i]]
            index += 3 * step
        }
    }

    private fun gatherFar(
        bytes: ByteArray, table: ByteArray,
        red: IntArray, green: IntArray, blue: IntArray, first: Int, step: Int, from: Int, until: Int,
    ) {
        var index = 3 * (first + step * from)
        for (i in from until until) {
            bytes[index] = table[red[i]]
            bytes[index + 1] = table[green[i]]
            bytes[index + 2] = table[blue[i]]
            index += 3 * step
        }
    }
}
