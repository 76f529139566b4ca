package io.apkiln.app.frames

import io.apkiln.app.model.Follows
import kotlin.math.floor

/**
 * The part of the upright picture that a model's input shows, in pixels; the picture covers [0, width] × [0, height]. It is as wide
 * to high as the input. The same as pymodel/preprocess/geometry.py, bit by bit.
 */
class Region {
    var left = 0.0
        private set
    var top = 0.0
        private set
    var width = 1.0
        private set
    var height = 1.0
        private set

    fun set(left: Double, top: Double, width: Double, height: Double) {
        this.left = left
        this.top = top
        this.width = width
        this.height = height
    }

    /** All of a picture, whatever its shape. */
    fun setPicture(width: Int, height: Int) = set(0.0, 0.0, width.toDouble(), height.toDouble())

    /** Where a model that [follows] no box looks in [area]: the smallest region around it, or the largest within it; centred. */
    fun setWithin(area: Region, follows: Follows, size: InputSize) {
        val isWider = area.width * size.height >= area.height * size.width
        val wide = if (isWider == (follows != Follows.CENTRE)) area.width else area.height * size.width / size.height
        val high = if (isWider == (follows != Follows.CENTRE)) area.width * size.height / size.width else area.height
        set(area.left + (area.width - wide) / 2, area.top + (area.height - high) / 2, wide, high)
    }

    /**
     * The smallest region around the centre of [box] (x0, y0, x1, y1) that holds the square which is larger than the box's longer side
     * by [margin] on each side. The square and the region's corner are whole pixels, so that rounding errors of the box move no sample.
     */
    fun setBox(box: FloatArray, margin: Float, size: InputSize) {
        val longer = maxOf(box[2].toDouble() - box[0], box[3].toDouble() - box[1])
        val side = maxOf(SMALLEST, whole(longer * (1 + 2 * margin.toDouble())))
        val wide = if (size.width >= size.height) side * size.width / size.height else side
        val high = if (size.width >= size.height) side else side * size.height / size.width
        set(whole((box[0].toDouble() + box[2] - wide) / 2), whole((box[1].toDouble() + box[3] - high) / 2), wide, high)
    }

    /**
     * Tile [index] of the [tileCount] regions that cover a picture, row by row from 0: in its corners, or centred where the picture is
     * narrower than a tile.
     */
    fun setTile(index: Int, width: Int, height: Int, share: Float, size: InputSize) {
        val wide = tileWidth(width, height, share, size)
        val high = wide * size.height / size.width
        val columns = tilesAlong(width, wide)
        set(start(width, wide, index % columns), start(height, high, index / columns), wide, high)
    }

    private fun start(length: Int, side: Double, place: Int): Double = when {
        length <= side -> (length - side) / 2
        place == 0 -> 0.0
        else -> length - side
    }

    companion object {
        /** Whether a box [boxWidth] × [boxHeight] lies in one tile as a whole wherever it is: it is no larger than the tiles' overlap. */
        fun fitsTile(boxWidth: Float, boxHeight: Float, width: Int, height: Int, share: Float, size: InputSize): Boolean {
            val frame = frameWidth(width, height, size)
            val wide = tileWidth(width, height, share, size)
            val overlap = 2 * (wide * size.height / size.width) - frame * size.height / size.width
            return boxWidth <= 2 * wide - frame && boxHeight <= overlap
        }

        /** How many tiles, whose width is [share] of that of the region around the picture, cover a picture. */
        fun tileCount(width: Int, height: Int, share: Float, size: InputSize): Int {
            val wide = tileWidth(width, height, share, size)
            return tilesAlong(width, wide) * tilesAlong(height, wide * size.height / size.width)
        }

        private fun tileWidth(width: Int, height: Int, share: Float, size: InputSize) =
            maxOf(1.0, whole(share.toDouble() * frameWidth(width, height, size)))

        /** Of the smallest region that holds a whole picture. */
        private fun frameWidth(width: Int, height: Int, size: InputSize): Double =
            if (width.toLong() * size.height >= height.toLong() * size.width) {
                width.toDouble()
            } else {
                height.toDouble() * size.width / size.height
            }

        private fun whole(value: Double) = floor(value + 0.5)

        private fun tilesAlong(length: Int, side: Double) = if (length > side) 2 else 1

        private const val SMALLEST = 8.0
    }
}
