package io.apkiln.app.frames

import kotlin.math.floor

/** The square of the upright picture that a model's input shows, in pixels; the picture covers [0, width] × [0, height]. */
class Region {
    var left = 0.0
        private set
    var top = 0.0
        private set
    var side = 1.0
        private set

    fun set(left: Double, top: Double, side: Double) {
        this.left = left
        this.top = top
        this.side = side
    }

    fun set(other: Region) = set(other.left, other.top, other.side)

    /** The smallest centred square that contains the whole picture. */
    fun setFrame(width: Int, height: Int) {
        val longer = maxOf(width, height).toDouble()
        set((width - longer) / 2, (height - longer) / 2, longer)
    }

    /**
     * The square around the centre of [box] (x0, y0, x1, y1), larger than its longer side by [margin] on each side. In whole
     * pixels, so that rounding errors of the box move no sample. Same as box_region of pymodel/preprocess/geometry.py.
     */
    fun setBox(box: FloatArray, margin: Float) {
        val width = box[2].toDouble() - box[0]
        val height = box[3].toDouble() - box[1]
        val wanted = maxOf(SMALLEST, whole(maxOf(width, height) * (1 + 2 * margin.toDouble())))
        set(whole((box[0].toDouble() + box[2] - wanted) / 2), whole((box[1].toDouble() + box[3] - wanted) / 2), wanted)
    }

    /**
     * Tile [index] of the [tileCount] squares that cover a picture, row by row from 0: in its corners, or centred where the
     * picture is narrower than a tile. Same as tile_regions of pymodel/preprocess/geometry.py.
     */
    fun setTile(index: Int, width: Int, height: Int, share: Float) {
        val wanted = tileSide(width, height, share)
        val columns = tilesAlong(width, wanted)
        set(start(width, wanted, index % columns), start(height, wanted, index / columns), wanted)
    }

    private fun start(length: Int, side: Double, place: Int): Double = when {
        length <= side -> (length - side) / 2
        place == 0 -> 0.0
        else -> length - side
    }

    companion object {
        /**
         * Whether a box with this [longerSide] lies in one tile as a whole wherever it is: it is no larger than the tiles'
         * overlap. Same as fits_a_tile of pymodel/preprocess/geometry.py.
         */
        fun fitsTile(longerSide: Float, width: Int, height: Int, share: Float): Boolean =
            longerSide <= 2 * tileSide(width, height, share) - maxOf(width, height)

        /** How many tiles, with a side of [share] of the picture's longer side, cover a picture. */
        fun tileCount(width: Int, height: Int, share: Float): Int {
            val side = tileSide(width, height, share)
            return tilesAlong(width, side) * tilesAlong(height, side)
        }

        private fun tileSide(width: Int, height: Int, share: Float) =
            maxOf(1.0, whole(share.toDouble() * maxOf(width, height)))

        private fun whole(value: Double) = floor(value + 0.5)

        private fun tilesAlong(length: Int, side: Double) = if (length > side) 2 else 1

        private const val SMALLEST = 8.0
    }
}
