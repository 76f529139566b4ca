package io.apkiln.app.frames

/** Which pixels of a frame make up each output pixel: the same for all frames of one shape and one region. */
internal class CropPlan(size: Int) {
    private val shape = IntArray(4)
    private var left = Double.NaN
    private var top = 0.0
    private var side = 0.0

    /** Along the rows of the planes, and from row to row. */
    val across = SampleAxis(size)
    val down = SampleAxis(size)
    val lumaRow = RowWeights(size, intArrayOf(48, 16, 32, 0))
    val chromaRow = RowWeights(size, intArrayOf(16, 0))

    /** Whether the rows of the planes are columns of the upright picture. */
    var turned = false
        private set

    /** Plans the crop of [region]; returns whether the plan has changed since the last call. */
    fun update(frame: Frame, region: Region): Boolean {
        if (!changes(frame, region)) return false
        val turn = frame.rotationDegrees
        turned = turn == 90 || turn == 270
        require(turned || turn == 0 || turn == 180) { "rotation $turn is none of 0, 90, 180, 270" }
        val columns = if (turned) down else across
        val rows = if (turned) across else down
        columns.update(region.left, region.side, frame.uprightWidth, (turn == 90 || turn == 180) != frame.mirror)
        rows.update(region.top, region.side, frame.uprightHeight, turn == 180 || turn == 270)
        lumaRow.update(across.luma)
        chromaRow.update(across.chroma)
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
        val changed = shape[index] != number
        shape[index] = number
        return changed
    }
}
