package io.apkiln.app.parity

import io.apkiln.app.frames.Region
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Which square of the picture a model looks at. */
@RunWith(Parameterized::class)
class RegionParity(private val case: Case) {
    @Test
    fun sameSquare() {
        val region = Region()
        when (case.text("of")) {
            "frame" -> case.ints("size").let { (width, height) -> region.setFrame(width, height) }
            "tile" -> setTile(region)
            else -> region.setBox(case.floats("box"), case.text("margin").toFloat())
        }
        val found = floatArrayOf(region.left.toFloat(), region.top.toFloat(), region.side.toFloat())
        case.compare("region", case.floats("region"), found, 1e-3)
    }

    private fun setTile(region: Region) {
        val (width, height) = case.ints("size")
        val share = case.text("share").toFloat()
        assertEquals(case.int("count"), Region.tileCount(width, height, share))
        region.setTile(case.int("index"), width, height, share)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("region")
    }
}
