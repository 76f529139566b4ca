package io.apkiln.app.detect

import android.graphics.Path
import io.apkiln.app.R
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.classColor
import io.apkiln.app.overlay.percent

/** Draws a frame around each object, with its points, its name and how sure it is, in the colour of its class; the surest on top. */
internal fun Overlay.drawObjects(answer: ObjectsAnswer) {
    for (k in answer.count - 1 downTo 0) {
        val color = classColor(answer.classes[k])
        val x0 = mapping.x(answer.boxes[4 * k])
        val y0 = mapping.y(answer.boxes[4 * k + 1])
        path.addRect(x0, y0, mapping.x(answer.boxes[4 * k + 2]), mapping.y(answer.boxes[4 * k + 3]), Path.Direction.CW)
        drawLines(color)
        for (point in k * answer.pointCount until (k + 1) * answer.pointCount) {
            drawDot(mapping.x(answer.points[2 * point]), mapping.y(answer.points[2 * point + 1]), 1f, color)
        }
        val name = answer.name(answer.classes[k], resources)
        drawTag(resources.getString(R.string.object_score, name, percent(answer.scores[k])), x0, y0, color)
    }
}
