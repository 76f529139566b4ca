package io.apkiln.app.parity

import io.apkiln.app.model.pointGroups
import io.apkiln.app.overlay.FrameRate
import io.apkiln.app.overlay.ViewMapping
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** What is shown: places on the view, frames a second, which points are joined. */
@RunWith(Parameterized::class)
class OverlayParity(private val case: Case) {
    @Test
    fun same() {
        val found = when (case.text("of")) {
            "mapping" -> mapped()
            "rate" -> FrameRate().let { rate -> case.texts("nanos").map { rate.tick(it.toLong()) }.toFloatArray() }
            else -> pointGroups(case.texts("names")).flatMap { it.map(Int::toFloat) + SEPARATOR }.toFloatArray()
        }
        case.compare(case.text("of"), case.floats("expected"), found, 1e-3)
    }

    private fun mapped(): FloatArray {
        val (imageWidth, imageHeight, viewWidth, viewHeight) = case.ints("sizes")
        val mapping = ViewMapping().apply { set(imageWidth, imageHeight, viewWidth, viewHeight) }
        val points = case.floats("points")
        return FloatArray(points.size) { if (it % 2 == 0) mapping.x(points[it]) else mapping.y(points[it]) }
    }

    companion object {
        private const val SEPARATOR = -1f

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("overlay")
    }
}
