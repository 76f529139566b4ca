package io.apkiln.app.camera

import android.media.Image
import android.media.ImageReader
import android.os.Handler

/**
 * Hands the newest image of [reader] to [use], on [analysis], one at a time; an older one that still waits is closed at once.
 *
 * Images are taken however long [use] works: a camera that lacks a buffer for one stream skips whole requests, so that the
 * preview would freeze too (AOSP, Camera3Device). [take] and [close] are for the camera's thread. Each image is closed
 * once; the reader, which owns their memory, after the one in use.
 */
internal class ImageHandover(
    private val reader: ImageReader,
    private val analysis: Handler,
    private val use: (Image) -> Unit,
) {
    private var waiting: Image? = null
    private var working = false
    private var closed = false

    /** Takes the newest image. */
    fun take() {
        if (closed) return
        val newest = reader.acquireLatestImage() ?: return
        val older: Image?
        val idle: Boolean
        synchronized(this) {
            older = waiting
            waiting = newest
            idle = !working
            working = true
        }
        older?.close()
        if (idle) post()
    }

    /** Closes the reader, at once or after the image in use. */
    fun close() {
        val older: Image?
        val idle: Boolean
        synchronized(this) {
            closed = true
            older = waiting
            waiting = null
            idle = !working
        }
        older?.close()
        if (idle) reader.close()
    }

    private fun post() {
        if (!analysis.post(::work)) work { it.close() } // its thread has ended
    }

    private fun work() = work { image -> image.use(use) }

    private fun work(action: (Image) -> Unit) {
        val image = synchronized(this) { waiting.also { waiting = null } }
        image?.let(action)
        val more: Boolean
        val last: Boolean
        synchronized(this) {
            more = waiting != null
            last = closed
            working = more
        }
        if (more) post() else if (last) reader.close()
    }

    companion object {
        /** One in use, one waiting, and the two that acquireLatestImage takes. */
        const val MAX_IMAGES = 4
    }
}
