package io.apkiln.app.camera

import android.util.Size
import io.apkiln.app.addCamera
import io.apkiln.app.cameraManager
import io.apkiln.app.frames.PictureSize
import io.apkiln.app.model.CropPolicy
import io.apkiln.app.model.Follows
import io.apkiln.app.model.ModelContracts
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Which pictures a camera is asked for, and how they are turned. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class CameraChoiceTest {
    private fun best(shorterSide: Int, vararg sizes: Pair<Int, Int>) =
        PictureSize.best(sizes.map { PictureSize(it.first, it.second) }, shorterSide)?.let { it.width to it.height }

    @Test
    fun aSizeThatSuitsTheModels() {
        val phone = arrayOf(4000 to 3000, 1920 to 1080, 1440 to 1080, 1280 to 960, 1280 to 720, 640 to 480, 320 to 240, 176 to 144)
        assertEquals(640 to 480, best(480, *phone))
        assertEquals(1280 to 960, best(896, *phone))
        assertEquals(1440 to 1080, best(1080, *phone))
        assertEquals("another shape where there is no other", 1280 to 720, best(480, 1280 to 720, 1920 to 1080))
        assertEquals("the largest where all are small", 320 to 240, best(480, 320 to 240, 160 to 120))
        assertEquals("upright sensors too", 480 to 640, best(480, 480 to 640, 1080 to 1920))
        assertNull(best(480))
        assertNull(best(480, 0 to 0))
    }

    @Test
    fun whatTheModelsWant() {
        val model = ModelContracts.all.first()
        fun contract(side: Int, crop: CropPolicy = CropPolicy()) =
            model.copy(crop = crop, inputs = listOf(model.input.copy(shape = listOf(1, side, side, 3))))
        val box = CropPolicy(Follows.BOX)
        assertEquals(480, PictureSize.wantedSide(listOf(contract(96))))
        assertEquals(512, PictureSize.wantedSide(listOf(contract(256), contract(96, box))))
        assertEquals(896, PictureSize.wantedSide(listOf(contract(96), contract(224, box))))
        assertEquals(640, PictureSize.wantedSide(listOf(contract(160, CropPolicy(zoomMargin = 0.6f)), contract(96, box))))
        assertEquals(1080, PictureSize.wantedSide(listOf(contract(640))))
    }

    /** The sensor's picture must be turned by its own angle and against the display's turn, which a mirror reverses. */
    @Test
    fun turns() {
        val turns = { orientation: Int, front: Boolean -> (0..3).map { CameraChoice("0", Size(640, 480), orientation, front).rotationDegrees(it) } }
        assertEquals(listOf(90, 0, 270, 180), turns(90, false))
        assertEquals(listOf(270, 0, 90, 180), turns(270, true))
        assertEquals(listOf(270, 180, 90, 0), turns(270, false))
        assertEquals(listOf(0, 270, 180, 90), turns(0, false))
        assertEquals(Size(480, 640), CameraChoice("0", Size(640, 480), 90, false).uprightSize(0))
        assertEquals(Size(640, 480), CameraChoice("0", Size(640, 480), 90, false).uprightSize(1))
    }

    @Test
    fun oneOfEachSide() {
        addCamera("0", front = false)
        addCamera("1", front = true)
        addCamera("2", front = false)
        val all = CameraChoice.all(cameraManager(), 480)
        assertEquals(listOf("0", "1"), all.map { it.id })
        assertEquals(Size(640, 480), all.first().size)
    }
}
