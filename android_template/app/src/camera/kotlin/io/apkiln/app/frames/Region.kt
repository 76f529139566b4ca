package io.apkiln.app.frames

/** The square of the upright picture that a model looks at, in pixels; the picture covers [0, width] × [0, height]. */
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

    /** The smallest centred square that holds the whole picture. */
    fun setFrame(width: Int, height: Int) {
        val longer = maxOf(width, height).toDouble()
        set((width - longer) / 2, (height - longer) / 2, longer)
    }

    /** The square around the centre of [box] (x0, y0, x1, y1), wider than its longer side by [margin] on each side. */
    fun setBox(box: FloatArray, margin: Float) {
        val width = box[2].toDouble() - box[0]
        val height = box[3].toDouble() - box[1]
        val wanted = maxOf(SMALLEST, maxOf(width, height) * (1 + 2 * margin.toDouble()))
        set((box[0].toDouble() + box[2] - wanted) / 2, (box[1].toDouble() + box[3] - wanted) / 2, wanted)
    }

    private companion object {
        const val SMALLEST = 8.0
    }
}
