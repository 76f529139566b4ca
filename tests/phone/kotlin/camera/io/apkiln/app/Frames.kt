package io.apkiln.app

import io.apkiln.app.frames.Frame
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.Pipeline
import io.apkiln.app.preview.awaitOnMain
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

/**
 * What a sensor sees of a grey wall with a red square at ([x], [y]) of the *sensor's* picture, as shares of its size.
 *
 * [shortBy] bytes are missing at the end of the planes.
 */
class RedSquare(
    private val x: Double,
    private val y: Double,
    override val rotationDegrees: Int = 0,
    override val mirror: Boolean = false,
    override val width: Int = 640,
    override val height: Int = 480,
    override val uvPixelStride: Int = 1,
    private val shortBy: Int = 0,
) : Frame {
    override val yRowStride = width
    override val yPixelStride = 1
    override val uvRowStride = (width + 1) / 2 * uvPixelStride.coerceAtLeast(1)
    override val yPlane = plane(width, height, 1, grey = 128, red = 76)
    override val uPlane = plane((width + 1) / 2, (height + 1) / 2, uvPixelStride, grey = 128, red = 85)
    override val vPlane = plane((width + 1) / 2, (height + 1) / 2, uvPixelStride, grey = 128, red = 255)

    private fun plane(columns: Int, rows: Int, pixelStride: Int, grey: Int, red: Int): ByteBuffer {
        val stride = pixelStride.coerceAtLeast(1)
        val plane = ByteBuffer.allocateDirect((columns * rows * stride - shortBy).coerceAtLeast(0))
        for (index in 0 until plane.capacity() / stride) {
            val near = (index % columns / columns.toDouble() - x) in -HALF..HALF && (index / columns / rows.toDouble() - y) in -HALF..HALF
            plane.put(index * stride, (if (near) red else grey).toByte())
        }
        return plane
    }

    private companion object {
        const val HALF = 0.08
    }
}

/** The result of the app's own models for [frame]. */
fun resultOf(frame: Frame): FrameResult {
    val models = Models(RuntimeEnvironment.getApplication()) {}
    val pipeline = Pipeline(ModelContracts.all, ModelContracts::kind, startRunner = models::open)
    return pipeline.process(frame).also { pipeline.close() }
}

fun resultOfRedDot(activity: ActivityController<MainActivity>): FrameResult {
    activity.analyze(RedSquare(0.5, 0.5))
    return resultOf(RedSquare(0.5, 0.5))
}

/** [frame]'s way through the app, as if the camera had brought it. */
fun ActivityController<MainActivity>.analyze(frame: Frame) {
    val done = CountDownLatch(1)
    get().analyzer.handler.post {
        get().analyzer.analyze(frame)
        done.countDown()
    }
    awaitOnMain("an answer") { done.count == 0L }
    awaitOnMain("its message") { org.robolectric.Shadows.shadowOf(get().mainLooper).isIdle }
}
