package io.apkiln.app.frames

/** Rows of a frame's luma or chroma, as words of four bytes. */
internal interface FrameRows {
    /** The next reads are of [frame]. */
    fun open(frame: Frame)

    /** The [count] words of row [row] from word [from] on, into [into]; both are even where a word has two pixels. */
    fun read(row: Int, from: Int, count: Int, into: IntArray)
}

/** Luma: a word has four pixels. */
internal class LumaRows : FrameRows {
    private val plane = PlaneWords()
    private var rowStride = 0
    private var pixelStride = 0
    private var width = 0

    override fun open(frame: Frame) {
        plane.open(frame.yPlane)
        rowStride = frame.yRowStride
        pixelStride = frame.yPixelStride
        width = frame.width
    }

    override fun read(row: Int, from: Int, count: Int, into: IntArray) {
        val start = row * rowStride
        if (pixelStride == 1) return plane.read(start + 4 * from, count, into)
        for (k in 0 until count) {
            val pixel = 4 * (from + k)
            var word = 0
            for (lane in 0 until minOf(4, width - pixel)) {
                word = word or (plane.byte(start + (pixel + lane) * pixelStride) shl 8 * lane)
            }
            into[k] = word
        }
    }
}

/** Chroma: a word has V, U, V, U of two pixels, however the planes lie. */
internal class ChromaRows : FrameRows {
    private val u = PlaneWords()
    private val v = PlaneWords()
    private var rowStride = 0
    private var pixelStride = 0
    private var width = 0
    private var ofU = IntArray(0)
    private var ofV = IntArray(0)
    private var firsts = IntArray(0)
    private var seconds = IntArray(0)

    override fun open(frame: Frame) {
        u.open(frame.uPlane)
        v.open(frame.vPlane)
        rowStride = frame.uvRowStride
        pixelStride = frame.uvPixelStride
        width = (frame.width + 1) / 2
    }

    override fun read(row: Int, from: Int, count: Int, into: IntArray) {
        val start = row * rowStride
        if (ofU.size < count) {
            ofU = IntArray(count)
            ofV = IntArray(count)
            firsts = IntArray(count)
            seconds = IntArray(count)
        }
        when (pixelStride) {
            1 -> {
                u.read(start + 2 * from, count / 2, ofU)
                v.read(start + 2 * from, count / 2, ofV)
                interleave(into, count / 2)
            }
            2 -> { // a byte of each pixel, and one that is mostly the other plane's
                u.read(start + 4 * from, count, ofU)
                v.read(start + 4 * from, count, ofV)
                join(into, count)
            }
            else -> for (k in 0 until count) {
                val pixel = 2 * (from + k)
                var word = 0
                for (lane in 0 until minOf(2, width - pixel)) {
                    val place = start + (pixel + lane) * pixelStride
                    word = word or (v.byte(place) or (u.byte(place) shl 8) shl 16 * lane)
                }
                into[k] = word
            }
        }
    }

    private fun join(into: IntArray, count: Int) {
        val ofU = ofU
        val ofV = ofV
        for (k in 0 until count) into[k] = (ofV[k] and EVEN) or (ofU[k] and EVEN shl 8)
    }

    /** Each of the first [count] words of one plane has four pixels; with the other plane's they become two. */
    private fun interleave(into: IntArray, count: Int) {
        firstHalves(count)
        secondHalves(count)
        for (k in 0 until count) {
            into[2 * k] = firsts[k]
            into[2 * k + 1] = seconds[k]
        }
    }

    private fun firstHalves(count: Int) {
        val ofU = ofU
        val ofV = ofV
        val firsts = firsts
        for (k in 0 until count) {
            firsts[k] = (ofV[k] and 0xff) or (ofV[k] and 0xff00 shl 8) or (ofU[k] and 0xff shl 8) or (ofU[k] and 0xff00 shl 16)
        }
    }

    private fun secondHalves(count: Int) {
        val ofU = ofU
        val ofV = ofV
        val seconds = seconds
        for (k in 0 until count) {
            seconds[k] = (ofV[k] ushr 16 and 0xff) or (ofV[k] ushr 8 and 0xff0000) or (ofU[k] ushr 8 and 0xff00) or
                (ofU[k] and LAST)
        }
    }

    private companion object {
        const val EVEN = 0x00ff00ff
        const val LAST = 0xff shl 24
    }
}
