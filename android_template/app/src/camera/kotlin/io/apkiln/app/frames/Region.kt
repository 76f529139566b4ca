package io.apkiln.app.frames

import io.apkiln.app.model.Follows
import io.apkiln.app.model.Square
import kotlin.math.PI
import kotlin.math.atan2
import kotlin.math.cos
import kotlin.math.floor
import kotlin.math.sin

/**
 * The part of the upright picture that a model's input shows, in pixels; the picture covers [0, width] × [0, height]. It is as wide
 * to high as the input, which shows it turned so that what is up there lies [turn] quarters clockwise from the picture's up. The same
 * as pymodel/preprocess/geometry.py and squares.py, bit by bit.
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

    /** 0 to 3. */
    var turn = 0
        private set

    fun set(left: Double, top: Double, width: Double, height: Double, turn: Int = 0) {
        this.left = left
        this.top = top
        this.width = width
        this.height = height
        this.turn = turn
    }

    /** x in the picture of a point of the input, both in [0, 1]. */
    fun x(x: Double, y: Double): Double {
        val share = when (turn) {
            0 -> x
            1 -> 1 - y
            2 -> 1 - x
            else -> y
        }
        return left + share * width
    }

    /** y in the picture of a point of the input, both in [0, 1]. */
    fun y(x: Double, y: Double): Double {
        val share = when (turn) {
            0 -> y
            1 -> x
            2 -> 1 - y
            else -> 1 - x
        }
        return top + share * height
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
        val x = (box[0].toDouble() + box[2]) / 2
        val y = (box[1].toDouble() + box[3]) / 2
        setAround(x, y, longer * (1 + 2 * margin.toDouble()), size, 0)
    }

    /**
     * The smallest region that holds [square] around [points] (x, y of each), whose rectangle is [box] if the square names no points;
     * null: that of all. With θ from [up][Square.up]'s first mean to its second, clockwise from the picture's up, the rectangle is the
     * box as it is, or the bounding one of (x cos θ + y sin θ, y cos θ - x sin θ), its centre turned back. The region is placed for
     * θ, then turned to the nearest quarter. Its side and corner are whole pixels, as of [setBox].
     */
    fun setSquare(square: Square, points: FloatArray, box: FloatArray?, size: InputSize) {
        val angle = angle(square, points)
        val cos = cos(angle)
        val sin = sin(angle)
        val isBox = square.points.isEmpty() && box != null
        val corners = if (square.points.isEmpty()) box ?: points else points
        var x0 = Double.POSITIVE_INFINITY
        var y0 = Double.POSITIVE_INFINITY
        var x1 = Double.NEGATIVE_INFINITY
        var y1 = Double.NEGATIVE_INFINITY
        val count = if (square.points.isEmpty()) corners.size / 2 else square.points.size
        for (i in 0 until count) {
            val k = if (square.points.isEmpty()) i else square.points[i]
            val x = corners[2 * k].toDouble()
            val y = corners[2 * k + 1].toDouble()
            val across = if (isBox) x else x * cos + y * sin
            val down = if (isBox) y else y * cos - x * sin
            x0 = minOf(x0, across)
            y0 = minOf(y0, down)
            x1 = maxOf(x1, across)
            y1 = maxOf(y1, down)
        }
        val middleX = (x0 + x1) / 2
        val middleY = (y0 + y1) / 2
        val shift = square.shift.toDouble() * (y1 - y0)
        val x = (if (isBox) middleX else middleX * cos - middleY * sin) - shift * sin
        val y = (if (isBox) middleY else middleX * sin + middleY * cos) + shift * cos
        val turn = Math.floorMod(floor(angle * (180 / PI) / 90 + 0.5).toInt(), 4)
        setAround(x, y, maxOf(x1 - x0, y1 - y0) * square.scale.toDouble(), size, turn)
    }

    private fun setAround(x: Double, y: Double, longer: Double, size: InputSize, turn: Int) {
        val across = if (turn % 2 == 0) size.width else size.height
        val down = if (turn % 2 == 0) size.height else size.width
        val side = maxOf(SMALLEST, whole(longer))
        val wide = if (across >= down) side * across / down else side
        val high = if (across >= down) side else side * down / across
        set(whole(x - wide / 2), whole(y - high / 2), wide, high, turn)
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

        /** Of a square, clockwise from the picture's up, in radians. */
        private fun angle(square: Square, points: FloatArray): Double {
            val (from, to) = square.up ?: return 0.0
            return atan2(mean(to, points, 0) - mean(from, points, 0), mean(from, points, 1) - mean(to, points, 1))
        }

        private fun mean(indices: List<Int>, points: FloatArray, axis: Int): Double {
            var sum = 0.0
            for (i in indices.indices) sum += points[2 * indices[i] + axis]
            return sum / indices.size
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
