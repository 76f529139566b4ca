package io.apkiln.app.frames

/**
 * Arrays that one thread writes while another one writes its own: more than a cache line at their end stays unused, so that
 * no two threads write to one line, which would pass from one core to the other each time.
 */
internal object Apart {
    /** How many at an array's end are unused. */
    const val INTS = 32
    const val LONGS = INTS / 2

    fun ints(size: Int) = IntArray(size + INTS)

    fun longs(size: Int) = LongArray(size + LONGS)

    fun floats(size: Int) = FloatArray(size + INTS)

    fun bytes(size: Int) = ByteArray(size + INTS * 4)
}
