package io.apkiln.app.frames

import kotlin.math.floor

/** Which pixels of a frame make up each output pixel: the same for all frames of one shape and one region. */
internal class CropPlan(private val size: InputSize) {
    private val shape = IntArray(5)
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
        require(frame.rotationDegrees in 0..270 && frame.rotationDegrees % 90 == 0) {
            "rotation ${frame.rotationDegrees} is none of 0, 90, 180, 270"
        }
        // The region's quarters go back; what is mirrored after the sensor's turn goes the other way before it.
        val back = if (frame.mirror) 90 * region.turn else -90 * region.turn
        val turn = Math.floorMod(frame.rotationDegrees + back, 360)
        turned = turn == 90 || turn == 270
        val columns = if (turned) down else across
        val rows = if (turned) across else down
        val lies = region.turn % 2 != 0
        val wide = if (lies) region.height else region.width
        val high = if (lies) region.width else region.height
        val pictureWidth = if (lies) frame.uprightHeight else frame.uprightWidth
        val pictureHeight = if (lies) frame.uprightWidth else frame.uprightHeight
        val samples = floor(wide / size.width + 0.5).toInt().coerceIn(1, PixelWeights.MOST / 2)
        val columnsReversed = (turn == 90 || turn == 180) != frame.mirror
        columns.update(size.width, startAcross(frame, region), wide, samples, pictureWidth, columnsReversed)
        rows.update(size.height, startDown(frame, region), high, samples, pictureHeight, turn == 180 || turn == 270)
        lumaRow.update(across.luma, across.size)
        chromaRow.update(across.chroma, across.size)
        return true
    }

    /** Where the region begins in the picture that is turned back by its quarters, across. */
    private fun startAcross(frame: Frame, region: Region): Double = when (region.turn) {
        0 -> region.left
        1 -> region.top
        2 -> frame.uprightWidth - region.left - region.width
        else -> frame.uprightHeight - region.top - region.height
    }

    /** As [startAcross], down. */
    private fun startDown(frame: Frame, region: Region): Double = when (region.turn) {
        0 -> region.top
        1 -> frame.uprightWidth - region.left - region.width
        2 -> frame.uprightHeight - region.top - region.height
        else -> region.left
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
        changed = keep(3, if (frame.mirror) 1 else 0) || changed
        return keep(4, region.turn) || changed
    }

    private fun keep(index: Int, number: Int): Boolean {
        val changed = shape[index] != number
        shape[index] = number
        return changed
    }
}
