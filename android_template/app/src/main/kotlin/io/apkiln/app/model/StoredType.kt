package io.apkiln.app.model

import java.nio.ByteBuffer

/** Element type of a tensor's buffer. */
enum class StoredType(val bytes: Int, val lowest: Int, val highest: Int) {
    FLOAT32(4, 0, 0),
    INT8(1, -128, 127),
    UINT8(1, 0, 255),
    ;

    /** Element [index] of [buffer] as it is stored, not yet scaled. */
    fun read(buffer: ByteBuffer, index: Int): Float = when (this) {
        FLOAT32 -> buffer.getFloat(4 * index)
        INT8 -> buffer.get(index).toFloat()
        UINT8 -> (buffer.get(index).toInt() and 0xff).toFloat()
    }

    companion object {
        /** The type that a contract calls [name]. */
        fun of(name: String): StoredType =
            entries.firstOrNull { it.name.lowercase() == name } ?: error("no tensor of type $name")
    }
}
