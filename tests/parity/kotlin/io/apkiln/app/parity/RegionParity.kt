package io.apkiln.app.parity

import io.apkiln.app.frames.InputSize
import io.apkiln.app.frames.Region
import io.apkiln.app.model.Follows
import io.apkiln.app.model.Square
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Which part of the picture a model looks at. */
@RunWith(Parameterized::class)
class RegionParity(private val case: Case) {
    private val input = case.ints("input").let { (width, height) -> InputSize(width, height) }

    @Test
    fun sameRegion() {
        val region = Region()
        when (case.text("of")) {
            "frame" -> case.ints("size").let { (width, height) -> setWithin(region, width, height) }
            "tile" -> setTile(region)
            "square" -> setSquare(region)
            else -> region.setBox(case.floats("box"), case.text("margin").toFloat(), input)
        }
        val found = floatArrayOf(region.left.toFloat(), region.top.toFloat(), region.width.toFloat(), region.height.toFloat())
        case.compare("region", case.floats("region"), found, 1e-3)
    }

    private fun setSquare(region: Region) {
        val box = case.floats("box").takeIf { it.isNotEmpty() }
        val (square, points) = case.twin(Square::class.java, "square") to case.floats("points")
        assertAllocatesNothing("a square") { region.setSquare(square, points, box, input) }
        assertEquals(case.int("turn"), region.turn)
    }

    private fun setWithin(region: Region, width: Int, height: Int) {
        val picture = Region().apply { setPicture(width, height) }
        region.setWithin(picture, Follows.valueOf(case.text("follows")), input)
    }

    private fun setTile(region: Region) {
        val (width, height) = case.ints("size")
        val share = case.text("share").toFloat()
        assertEquals(case.int("count"), Region.tileCount(width, height, share, input))
        region.setTile(case.int("index"), width, height, share, input)
    }

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun cases() = Case.all("region")
    }
}
