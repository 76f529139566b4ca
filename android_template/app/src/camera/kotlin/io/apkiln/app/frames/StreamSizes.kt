package io.apkiln.app.frames

import kotlin.math.abs

/** The sizes of a camera's two streams: [frame] is analysed, [preview] is shown; of one shape, so that results fit the picture. */
data class StreamSizes(val frame: PictureSize, val preview: PictureSize) {
    companion object {
        /** What every camera, LEGACY ones too, can send as two streams at once: the display's size, but not above 1080p. */
        private val FULL_HD = PictureSize(1920, 1080)

        /** What it can send on any display. */
        private val VGA = PictureSize(640, 480)

        /** Sizes count as of one shape if their sides differ by less than one in this. */
        private const val SAME_SHAPE = 200L

        /**
         * The best frames for models that want [shorterSide], and the largest preview that goes with them; null if there are
         * none. [frames] and [previews] are what the camera lists, [display] is the size of the phone's.
         */
        fun best(frames: List<PictureSize>, previews: List<PictureSize>, shorterSide: Int, display: PictureSize): StreamSizes? {
            val (fittingFrames, fittingPreviews) = listOf(frames, previews).map { sizes -> sizes.filter { it.fits(display) } }
            val shown = frames.filter { it in previews }
            val usable = fittingFrames.filter { frame -> fittingPreviews.any { frame.hasShapeOf(it) } }.ifEmpty { shown }
            val frame = PictureSize.best(usable, shorterSide) ?: return null
            val preview = fittingPreviews.filter { frame.hasShapeOf(it) }.maxByOrNull { it.shorter } ?: frame
            return StreamSizes(frame, preview)
        }

        private fun PictureSize.fits(display: PictureSize): Boolean =
            fitsInto(VGA) || fitsInto(FULL_HD) && fitsInto(display)

        private fun PictureSize.fitsInto(other: PictureSize) = longer <= other.longer && shorter <= other.shorter

        private fun PictureSize.hasShapeOf(other: PictureSize): Boolean {
            val (across, along) = longer.toLong() * other.shorter to shorter.toLong() * other.longer
            return width > 0 && height > 0 && (width >= height) == (other.width >= other.height) &&
                abs(across - along) * SAME_SHAPE < along
        }
    }
}
