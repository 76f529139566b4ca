package io.apkiln.app.camera

import android.util.Size
import io.apkiln.app.addCamera
import io.apkiln.app.cameraManager
import io.apkiln.app.frames.PictureSize
import io.apkiln.app.frames.StreamSizes
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

    private fun choice(orientation: Int, front: Boolean) = CameraChoice("0", Size(640, 480), Size(1440, 1080), orientation, front)

    private fun streams(shorterSide: Int, display: Pair<Int, Int>, frames: List<Pair<Int, Int>>, previews: List<Pair<Int, Int>> = frames): String? {
        val (read, shown) = listOf(frames, previews).map { sizes -> sizes.map { PictureSize(it.first, it.second) } }
        val best = StreamSizes.best(read, shown, shorterSide, PictureSize(display.first, display.second)) ?: return null
        return best.run { "${frame.width}x${frame.height} ${preview.width}x${preview.height}" }
    }

    @Test
    fun aPreviewOfItsOwnInTheShapeOfTheFrames() {
        val phone = listOf(4000 to 3000, 1920 to 1080, 1440 to 1080, 1280 to 960, 1280 to 720, 960 to 720, 640 to 480, 320 to 240, 176 to 144)
        assertEquals("640x480 1440x1080", streams(480, 1080 to 2400, phone))
        assertEquals("1440x1080 1440x1080", streams(1080, 1440 to 3120, phone))
        assertEquals("two streams fit the display, or a camera need not send them", "960x720 960x720", streams(1080, 720 to 1520, phone))
        assertEquals("any display shows VGA", "640x480 640x480", streams(1080, 240 to 320, phone))
        assertEquals("640x480 640x480", streams(480, 0 to 0, phone))
        assertEquals("1280x720 1920x1080", streams(480, 1080 to 2400, listOf(1280 to 720, 1920 to 1080)))
        assertEquals("a shape that both have", "1280x720 1280x720", streams(480, 1080 to 2400, listOf(640 to 480, 1280 to 720), listOf(1280 to 720)))
        assertEquals("almost of that shape", "640x480 1441x1080", streams(480, 1600 to 1200, listOf(640 to 480), listOf(1441 to 1080, 1472 to 1080)))
        assertEquals("an upright sensor", "480x640 1080x1440", streams(480, 1080 to 2400, listOf(480 to 640), listOf(1080 to 1440, 1440 to 1080)))
        assertEquals("nothing but what is too large", "4000x3000 4000x3000", streams(480, 1080 to 2400, listOf(4000 to 3000)))
        assertNull(streams(480, 1080 to 2400, listOf(640 to 480), listOf(1920 to 1080)))
        assertNull(streams(480, 1080 to 2400, emptyList()))
    }

    /** The sensor's picture must be turned by its own angle and against the display's turn, which a mirror reverses. */
    @Test
    fun turns() {
        val turns = { orientation: Int, front: Boolean -> (0..3).map { choice(orientation, front).rotationDegrees(it) } }
        assertEquals(listOf(90, 0, 270, 180), turns(90, false))
        assertEquals(listOf(270, 0, 90, 180), turns(270, true))
        assertEquals(listOf(270, 180, 90, 0), turns(270, false))
        assertEquals(listOf(0, 270, 180, 90), turns(0, false))
        assertEquals(Size(1080, 1440), choice(90, false).uprightSize(0))
        assertEquals(Size(1440, 1080), choice(90, false).uprightSize(1))
    }

    @Test
    fun oneOfEachSide() {
        addCamera("0", front = false)
        addCamera("1", front = true)
        addCamera("2", front = false)
        val all = CameraChoice.all(cameraManager(), 480, PictureSize(1080, 2400))
        assertEquals(listOf("0", "1"), all.map { it.id })
        assertEquals(Size(640, 480), all.first().frameSize)
        assertEquals(Size(1440, 1080), all.first().previewSize)
    }
}
