package io.apkiln.app.overlay

import io.apkiln.app.model.PointsAnswer

private const val FAINTEST = 0.3f

/** Draws the lines that join the points of [answer], and the points, the fainter the less confident. */
fun Overlay.drawPoints(answer: PointsAnswer) {
    val x = { k: Int -> mapping.x(answer.points[2 * k]) }
    val y = { k: Int -> mapping.y(answer.points[2 * k + 1]) }
    for (group in answer.groups) {
        for ((step, k) in group.withIndex()) {
            if (step == 0) path.moveTo(x(k), y(k)) else path.lineTo(x(k), y(k))
        }
    }
    drawLines()
    for (k in 0 until answer.count) drawDot(x(k), y(k), answer.confidence[k].coerceIn(FAINTEST, 1f))
}
