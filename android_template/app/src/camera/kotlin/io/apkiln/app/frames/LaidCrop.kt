package io.apkiln.app.frames

/** The shape of the frame and the region that a crop was laid for last. */
internal class LaidCrop {
    private val numbers = IntArray(8)
    private var left = Double.NaN
    private var top = 0.0
    private var side = 0.0

    /** Whether these differ from what they were at the call before. */
    fun changes(frame: Frame, region: Region): Boolean {
        var changed = left != region.left || top != region.top || side != region.side
        left = region.left
        top = region.top
        side = region.side
        changed = keep(0, frame.width) || changed
        changed = keep(1, frame.height) || changed
        changed = keep(2, frame.yRowStride) || changed
        changed = keep(3, frame.yPixelStride) || changed
        changed = keep(4, frame.uvRowStride) || changed
        changed = keep(5, frame.uvPixelStride) || changed
        changed = keep(6, frame.rotationDegrees) || changed
        return keep(7, if (frame.mirror) 1 else 0) || changed
    }

    private fun keep(index: Int, number: Int): Boolean {
        val changed = numbers[index] != number
        numbers[index] = number
        return changed
    }
}
