package io.apkiln.app.frames

import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Properties

/** A frame in a folder, in place of a camera's: `frame.properties`, and the planes in `y.bin`, `u.bin`, `v.bin`. */
class PlaneFrame(folder: File) : Frame {
    private val values = Properties().apply { folder.resolve("frame.properties").reader().use(::load) }

    override val width = values.getProperty("width").toInt()
    override val height = values.getProperty("height").toInt()
    override val yPlane = plane(folder.resolve("y.bin"))
    override val uPlane = plane(folder.resolve("u.bin"))
    override val vPlane = plane(folder.resolve("v.bin"))
    override val yRowStride = values.getProperty("yRowStride").toInt()
    override val yPixelStride = values.getProperty("yPixelStride").toInt()
    override val uvRowStride = values.getProperty("uvRowStride").toInt()
    override val uvPixelStride = values.getProperty("uvPixelStride").toInt()
    override val rotationDegrees = values.getProperty("rotation").toInt()
    override val mirror = values.getProperty("mirror").toBoolean()

    private fun plane(file: File): ByteBuffer {
        val content = file.readBytes()
        return ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder()).put(content).apply { rewind() }
    }
}
