package io.apkiln.app.frames

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Reads a plane four bytes at a time, the first one being the lowest of a word. Beyond the end of the plane there are zeros. */
internal class PlaneWords {
    private var plane: ByteBuffer? = null
    private var bytes = ByteBuffer.allocate(0)
    private var words = bytes.asIntBuffer()

    /** Reads from [plane] from now on, whatever its position and byte order. */
    fun open(plane: ByteBuffer) {
        if (this.plane === plane) return // cameras that reuse their buffers need no new view
        this.plane = plane
        bytes = plane.duplicate()
        bytes.rewind()
        bytes.order(ByteOrder.LITTLE_ENDIAN)
        words = bytes.asIntBuffer()
    }

    /** Copies the [count] words that begin at byte [start] to [into], from index [first] on. */
    fun read(start: Int, count: Int, into: IntArray, first: Int) {
        val whole = ((bytes.limit() - start) / WORD).coerceIn(0, count)
        if (start % WORD == 0 && whole > 0) {
            words.position(start / WORD)
            words.get(into, first, whole)
        } else {
            for (k in 0 until whole) into[first + k] = bytes.getInt(start + WORD * k)
        }
        for (k in whole until count) {
            var word = 0
            for (lane in 0 until WORD) {
                val place = start + WORD * k + lane
                if (place < bytes.limit()) word = word or (byte(place) shl 8 * lane)
            }
            into[first + k] = word
        }
    }

    /** The byte at [place], 0–255. */
    fun byte(place: Int): Int = bytes.get(place).toInt() and 0xff

    private companion object {
        const val WORD = 4
    }
}
