package io.apkiln.app.frames

/** A buffer of [count] pixels as a model's input stores them. Colours come as words of three levels, see CropRows. */
internal class Pixels(private val table: PixelTable, private val count: Int) {
    private val floats = FloatArray(if (table.floating) 3 * count else 0)
    private val bytes = ByteArray(if (table.floating) 0 else 3 * count)

    /** Gives all pixels the colour [rgb], 0–255. */
    fun fill(rgb: IntArray) {
        for (channel in 0 until 3) {
            val place = channel * PixelTable.LEVELS + rgb[channel]
            for (pixel in 0 until count) { // a progression with a step would be an object
                if (table.floating) {
                    floats[3 * pixel + channel] = table.floats[place]
                } else {
                    bytes[3 * pixel + channel] = table.bytes[place]
                }
            }
        }
    }

    /** Takes [colors] from [from] until [until] as the first pixels. */
    fun row(colors: IntArray, from: Int, until: Int) {
        if (table.floating) {
            gather(floats, table.floats, colors, from, until)
        } else {
            gather(bytes, table.bytes, colors, from, until)
        }
    }

    /** Takes [colors] from [from] until [until], colour i as pixel [first] + i * [step]. */
    fun column(colors: IntArray, first: Int, step: Int, from: Int, until: Int) {
        if (table.floating) {
            gatherFar(floats, table.floats, colors, first, step, from, until)
        } else {
            gatherFar(bytes, table.bytes, colors, first, step, from, until)
        }
    }

    /** Copies [count] pixels, from pixel [first] on, to pixel [target] of the tensor. */
    fun store(into: TensorWriter, first: Int, target: Int, count: Int) {
        if (table.floating) {
            into.put(floats, 3 * first, 3 * target, 3 * count)
        } else {
            into.put(bytes, 3 * first, 3 * target, 3 * count)
        }
    }

    private fun gather(floats: FloatArray, table: FloatArray, colors: IntArray, from: Int, until: Int) {
        for (i in 0 until until - from) {
            val color = colors[from + i]
            floats[3 * i] = table[color and RED]
            floats[3 * i + 1] = table[GREEN + (color ushr PixelTable.BITS and RED)]
            floats[3 * i + 2] = table[BLUE + (color ushr 2 * PixelTable.BITS)]
        }
    }

    private fun gather(bytes: ByteArray, table: ByteArray, colors: IntArray, from: Int, until: Int) {
        for (i in 0 until until - from) {
            val color = colors[from + i]
            bytes[3 * i] = table[color and RED]
            bytes[3 * i + 1] = table[GREEN + (color ushr PixelTable.BITS and RED)]
            bytes[3 * i + 2] = table[BLUE + (color ushr 2 * PixelTable.BITS)]
        }
    }

    private fun gatherFar(floats: FloatArray, table: FloatArray, colors: IntArray, first: Int, step: Int, from: Int, until: Int) {
        var index = 3 * (first + step * from)
        for (i in from until until) {
            val color = colors[i]
            floats[index] = table[color and RED]
            floats[index + 1] = table[GREEN + (color ushr PixelTable.BITS and RED)]
            floats[index + 2] = table[BLUE + (color ushr 2 * PixelTable.BITS)]
            index += 3 * step
        }
    }

    private fun gatherFar(bytes: ByteArray, table: ByteArray, colors: IntArray, first: Int, step: Int, from: Int, until: Int) {
        var index = 3 * (first + step * from)
        for (i in from until until) {
            val color = colors[i]
            bytes[index] = table[color and RED]
            bytes[index + 1] = table[GREEN + (color ushr PixelTable.BITS and RED)]
            bytes[index + 2] = table[BLUE + (color ushr 2 * PixelTable.BITS)]
            index += 3 * step
        }
    }

    private companion object {
        /** The bits of a word that are its red, and where the other channels begin in a table. */
        const val RED = PixelTable.LEVELS - 1
        const val GREEN = PixelTable.LEVELS
        const val BLUE = 2 * PixelTable.LEVELS
    }
}
