package io.apkiln.app.detect

import io.apkiln.app.model.Grid

/** x, y in [0, 1] of each anchor: the centre of its cell; cell by cell, row by row, grid by grid. */
fun anchorCentres(grids: List<Grid>): FloatArray {
    val centres = FloatArray(2 * grids.sumOf { it.rows * it.columns * it.anchors })
    var next = 0
    for (grid in grids) {
        for (anchor in 0 until grid.rows * grid.columns * grid.anchors) {
            val cell = anchor / grid.anchors
            centres[next++] = ((cell % grid.columns + 0.5) / grid.columns).toFloat()
            centres[next++] = ((cell / grid.columns + 0.5) / grid.rows).toFloat()
        }
    }
    return centres
}
