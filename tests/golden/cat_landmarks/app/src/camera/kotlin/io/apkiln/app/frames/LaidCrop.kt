package io.apkiln.app.frames

/** What is the same for every frame of one shape that shows one region: which pixels make up each output pixel. */
internal class LaidCrop(size: Int) {
    private val numbers = IntArray(8)
    private var left = Double.NaN
    private var top = 0.0
    private var side = 0.0

    /** Along the rows of the planes, and from row to row. */
    val across = SampleAxis(size)
    val down = SampleAxis(size)
    val lumaDots = RowDots(size, intArrayOf(48, 16, 32, 0))
    val chromaDots = RowDots(size, intArrayOf(16, 0))

    /** Whether the planes' columns are the upright picture's rows. */
    var turned = false
        private set

    /** Lays the crop; returns whether it is another than at the call before. */
    fun lay(frame: Frame, region: Region): Boolean {
        if (!changes(frame, region)) return false
        val turn = frame.rotationDegrees
        turned = turn == 90 || turn == 270
        require(turned || turn == 0 || turn == 180) { "rotation $turn is none of 0, 90, 180, 270" }
        val columns = if (turned) down else across
        val rows = if (turned) across else down
        columns.lay(region.left, region.side, frame.uprightWidth, (turn == 90 || turn == 180) != frame.mirror)
        rows.lay(region.top, region.side, frame.uprightHeight, turn == 180 || turn == 270)
        lumaDots.lay(across.luma)
        chromaDots.lay(across.chroma)
        return true
    }

    private fun changes(frame: Frame, region: Region): Boolean {
        var changed = left != region.left || top != region.top || side != region.side
        left = region.left
        top = region.top
        side = region.side
        changed = keep(0, frame.width) || changed
        changed = keep(1, frame.height) || changed
        changed = keep(2, frame.rotationDegrees) || changed
        return keep(3, if (frame.mirror) 1 else 0) || changed
    }

    private fun keep(index: Int, number: Int): Boolean {
        val changed = numbers[index] != number
        numbers[index] = number
        return changed
    }
}
