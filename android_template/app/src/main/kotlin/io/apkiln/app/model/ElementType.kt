package io.apkiln.app.model

import java.nio.ByteBuffer
import kotlin.math.round

/** Element type of a tensor's buffer; integers are from [lowest] to [highest]. */
enum class ElementType(val bytes: Int, val lowest: Long = 0, val highest: Long = 0) {
    FLOAT32(4),
    FLOAT16(2),
    INT8(1, Byte.MIN_VALUE.toLong(), Byte.MAX_VALUE.toLong()),
    UINT8(1, 0, UByte.MAX_VALUE.toLong()),
    INT16(2, Short.MIN_VALUE.toLong(), Short.MAX_VALUE.toLong()),
    INT32(4, Int.MIN_VALUE.toLong(), Int.MAX_VALUE.toLong()),
    INT64(8, Long.MIN_VALUE, Long.MAX_VALUE),
    BOOL(1, 0, 1),
    ;

    /** Element [index] of [buffer] as it is stored, without its scale. */
    fun read(buffer: ByteBuffer, index: Int): Float = when (this) {
        FLOAT32 -> buffer.getFloat(4 * index)
        FLOAT16 -> halfToFloat(buffer.getShort(2 * index).toInt())
        INT8 -> buffer.get(index).toFloat()
        UINT8 -> (buffer.get(index).toInt() and 0xff).toFloat()
        INT16 -> buffer.getShort(2 * index).toFloat()
        INT32 -> buffer.getInt(4 * index).toFloat()
        INT64 -> buffer.getLong(8 * index).toFloat()
        BOOL -> if (buffer.get(index).toInt() == 0) 0f else 1f
    }

    /** Stores [value], without a scale, as element [index] of [buffer]; integers are rounded and clipped. */
    fun write(buffer: ByteBuffer, index: Int, value: Float) {
        when (this) {
            FLOAT32 -> buffer.putFloat(4 * index, value)
            FLOAT16 -> buffer.putShort(2 * index, floatToHalf(value).toShort())
            INT8, UINT8, BOOL -> buffer.put(index, whole(value).toByte())
            INT16 -> buffer.putShort(2 * index, whole(value).toShort())
            INT32 -> buffer.putInt(4 * index, whole(value).toInt())
            INT64 -> buffer.putLong(8 * index, whole(value))
        }
    }

    private fun whole(value: Float): Long = round(value).toLong().coerceIn(lowest, highest)
}

/** Reads and writes the elements of a tensor's buffer as real numbers. */
class TensorElements(tensor: TensorContract) {
    private val dtype = tensor.dtype
    private val scale = tensor.scale
    private val zeroPoint = tensor.zeroPoint

    fun read(buffer: ByteBuffer, index: Int): Float {
        val stored = dtype.read(buffer, index)
        return if (scale == 0f) stored else (stored - zeroPoint) * scale
    }

    fun write(buffer: ByteBuffer, index: Int, value: Float) =
        dtype.write(buffer, index, if (scale == 0f) value else round(value / scale) + zeroPoint)
}

/** IEEE 754 binary16 → float, exactly. */
private fun halfToFloat(bits: Int): Float {
    val sign = bits and 0x8000 shl 16
    val exponent = bits shr 10 and 0x1f
    val fraction = bits and 0x3ff
    return when (exponent) {
        0 -> (if (sign != 0) -1 else 1) * fraction * SMALLEST_HALF
        0x1f -> Float.fromBits(sign or 0x7f800000 or (fraction shl 13))
        else -> Float.fromBits(sign or (exponent + 112 shl 23) or (fraction shl 13))
    }
}

/** Float → IEEE 754 binary16, rounded to the nearest, ties to even. */
private fun floatToHalf(value: Float): Int {
    val sign = if (value.toRawBits() < 0) 0x8000 else 0
    val size = kotlin.math.abs(value)
    if (size.isNaN()) return 0x7e00
    if (size >= OVERFLOW_HALF) return sign or 0x7c00
    if (size < SMALLEST_NORMAL_HALF) return sign or round(size / SMALLEST_HALF).toInt()
    val bits = size.toRawBits() - (112 shl 23)
    return sign or (bits + 0xfff + (bits shr 13 and 1) shr 13)
}

private const val SMALLEST_HALF = 5.9604645e-8f // 2^-24
private const val SMALLEST_NORMAL_HALF = 6.1035156e-5f // 2^-14
private const val OVERFLOW_HALF = 65520f
