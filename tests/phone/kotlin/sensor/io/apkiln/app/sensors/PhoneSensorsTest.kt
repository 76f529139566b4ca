package io.apkiln.app.sensors

import android.content.Context
import android.hardware.Sensor
import android.hardware.SensorManager
import android.os.Handler
import android.os.Looper
import io.apkiln.app.R
import io.apkiln.app.preview.pass
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.SensorEventBuilder
import org.robolectric.shadows.ShadowSensor

/** The phone's own sensors: those that are missing are named, the others give samples, and are let go. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class PhoneSensorsTest : SampleSource.Listener {
    private val manager = RuntimeEnvironment.getApplication().getSystemService(Context.SENSOR_SERVICE) as SensorManager
    private val samples = ArrayList<FloatArray>()
    private val channels = listOf("accelerometer_x", "accelerometer_z", "temperature")

    override fun onSample(stamp: String, values: FloatArray) {
        samples += values.copyOf()
    }

    override fun onGap() = samples.clear()

    private fun source() = PhoneSensors(manager, channels, 0.1f, Handler(Looper.getMainLooper()), this)

    @Test
    fun aPhoneWithoutSensors() {
        val failure = assertThrows(SourceFailure::class.java) { source().start() }
        assertEquals(R.string.sensor_missing, failure.text)
        assertEquals("accelerometer_x", failure.word)
    }

    @Test
    fun aPhoneThatLacksOne() {
        shadowOf(manager).addSensor(ShadowSensor.newInstance(Sensor.TYPE_ACCELEROMETER))
        val failure = assertThrows(SourceFailure::class.java) { source().start() }
        assertEquals("temperature", failure.word)
        assertTrue("what was begun is let go", !shadowOf(manager).hasListener(source()))
    }

    @Test
    fun samplesComeAtTheirIntervalUntilTheEnd() {
        val accelerometer = ShadowSensor.newInstance(Sensor.TYPE_ACCELEROMETER)
        val thermometer = ShadowSensor.newInstance(Sensor.TYPE_AMBIENT_TEMPERATURE)
        shadowOf(manager).addSensor(accelerometer)
        shadowOf(manager).addSensor(thermometer)
        val source = source()
        source.start()
        assertTrue(shadowOf(manager).hasListener(source))
        tell(accelerometer, 1f, 2f, 3f)
        tick(100)
        assertArrayEquals(floatArrayOf(1f, 3f, Float.NaN), samples.last(), 0f)
        tell(thermometer, 21.5f)
        tick(1000)
        assertArrayEquals(floatArrayOf(1f, 3f, 21.5f), samples.last(), 0f)
        assertEquals(12, samples.size)
        source.stop()
        assertTrue(!shadowOf(manager).hasListener(source))
        tick(1000)
        assertEquals(12, samples.size)
    }

    private fun tell(sensor: Sensor, vararg values: Float) =
        shadowOf(manager).sendSensorEventToListeners(SensorEventBuilder.newBuilder().setSensor(sensor).setTimestamp(0).setValues(values).build())

    private fun tick(millis: Long) {
        repeat((millis / 100).toInt()) {
            shadowOf(Looper.getMainLooper()).idle()
            pass(100)
        }
        shadowOf(Looper.getMainLooper()).idle()
    }
}
