package io.apkiln.app.overlay

import io.apkiln.app.model.PointsAnswer

private const val FAINTEST = 0.3f

/**
 * Draws the points that [answer] is about, the fainter the less confident; if that is all of them, or all are to be shown, with the lines
 * that join them.
 */
fun Overlay.drawPoints(answer: PointsAnswer) {
    val x = { k: Int -> mapping.x(answer.points[2 * k]) }
    val y = { k: Int -> mapping.y(answer.points[2 * k + 1]) }
    if (answer.shown.isNotEmpty() && !showsAllPoints) {
        for (k in answer.shown) drawDot(x(k), y(k), answer.confidence[k].coerceIn(FAINTEST, 1f))
        return
    }
    for (group in answer.groups) {
        for ((step, k) in group.withIndex()) {
            if (step == 0) path.moveTo(x(k), y(k)) else path.lineTo(x(k), y(k))
        }
    }
    drawLines()
    for (k in 0 until answer.count) drawDot(x(k), y(k), answer.confidence[k].coerceIn(FAINTEST, 1f))
}
