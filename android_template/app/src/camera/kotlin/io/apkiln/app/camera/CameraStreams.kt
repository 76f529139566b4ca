package io.apkiln.app.camera

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.view.Surface

/** Where a camera's pictures go: onto [texture], and to [onImage] on the thread of [analysis]. For the thread of [handler]. */
internal class CameraStreams(
    choice: CameraChoice,
    texture: SurfaceTexture,
    handler: Handler,
    analysis: Handler,
    onArrival: () -> Unit,
    onImage: (Image) -> Unit,
) {
    private val preview: Surface
    private val reader: ImageReader
    private val handover: ImageHandover

    val surfaces: List<Surface>

    init {
        // Last of all: each layout gives the texture the size of its view (AOSP, TextureView.onSizeChanged).
        texture.setDefaultBufferSize(choice.previewSize.width, choice.previewSize.height)
        preview = Surface(texture)
        val (width, height) = choice.frameSize.run { width to height }
        reader = ImageReader.newInstance(width, height, ImageFormat.YUV_420_888, ImageHandover.MAX_IMAGES)
        handover = ImageHandover(reader, analysis, onImage)
        surfaces = listOf(preview, reader.surface)
        val listener = ImageReader.OnImageAvailableListener {
            onArrival()
            handover.take()
        }
        reader.setOnImageAvailableListener(listener, handler)
    }

    fun close() {
        preview.release()
        reader.setOnImageAvailableListener(null, null)
        handover.close()
    }
}
