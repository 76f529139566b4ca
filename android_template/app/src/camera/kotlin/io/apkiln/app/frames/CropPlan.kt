package io.apkiln.app.frames

import kotlin.math.floor

/** Which pixels of a frame make up each output pixel: the same for all frames of one shape and one region. */
internal class CropPlan(private val size: InputSize) {
    private val shape = IntArray(4)
    private var left = Double.NaN
    private var top = 0.0
    private var width = 0.0
    private var height = 0.0
    private val longer = maxOf(size.width, size.height)

    /** Along the rows of the planes, and from row to row. */
    val across = SampleAxis(longer)
    val down = SampleAxis(longer)
    val lumaRow = RowWeights(longer, intArrayOf(48, 16, 32, 0))
    val chromaRow = RowWeights(longer, intArrayOf(16, 0))

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
        val samples = floor(region.width / size.width + 0.5).toInt().coerceIn(1, PixelWeights.MOST / 2)
        val columnsReversed = (turn == 90 || turn == 180) != frame.mirror
        columns.update(size.width, region.left, region.width, samples, frame.uprightWidth, columnsReversed)
        rows.update(size.height, region.top, region.height, samples, frame.uprightHeight, turn == 180 || turn == 270)
        lumaRow.update(across.luma, across.size)
        chromaRow.update(across.chroma, across.size)
        return true
    }

    private fun changes(frame: Frame, region: Region): Boolean {
        var changed = left != region.left || top != region.top || width != region.width || height != region.height
        left = region.left
        top = region.top
        width = region.width
        height = region.height
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
