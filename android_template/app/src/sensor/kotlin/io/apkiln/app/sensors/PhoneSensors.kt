package io.apkiln.app.sensors

import android.hardware.Sensor
import android.hardware.SensorEvent
import android.hardware.SensorEventListener
import android.hardware.SensorManager
import android.os.Handler
import io.apkiln.app.R
import java.text.DateFormat
import java.util.Date

/**
 * The phone's own sensors as samples: the last value of each of them, every [intervalSeconds].
 *
 * Units are Android's (developer.android.com, SensorEvent.values): m/s², rad/s, µT, hPa, lx, °C, %.
 */
class PhoneSensors(
    private val manager: SensorManager,
    private val channels: List<String>,
    private val intervalSeconds: Float,
    private val handler: Handler,
    private val listener: SampleSource.Listener,
) : SampleSource, SensorEventListener {
    private val quantities = channels.map { checkNotNull(QUANTITIES[it]) { "no sensor of a phone measures $it" } }
    private val values = FloatArray(channels.size)
    private val time = DateFormat.getTimeInstance(DateFormat.MEDIUM)
    private val ticker = Ticker(handler, (intervalSeconds * MILLIS).toLong().coerceAtLeast(1)) {
        listener.onSample(time.format(Date()), values)
    }

    override fun start() {
        values.fill(Float.NaN)
        listener.onGap()
        val periodMicros = (intervalSeconds * MICROS).toLong().coerceIn(FASTEST_MICROS, SLOWEST_MICROS).toInt()
        for (type in quantities.mapTo(LinkedHashSet()) { it.type }) {
            val sensor = manager.getDefaultSensor(type)
            if (sensor == null || !manager.registerListener(this, sensor, periodMicros, handler)) {
                stop()
                throw SourceFailure(R.string.sensor_missing, channels[quantities.indexOfFirst { it.type == type }])
            }
        }
        ticker.start()
    }

    override fun stop() {
        ticker.stop()
        manager.unregisterListener(this)
    }

    override fun onSensorChanged(event: SensorEvent) {
        for ((c, quantity) in quantities.withIndex()) {
            if (quantity.type == event.sensor.type) values[c] = event.values[quantity.index]
        }
    }

    override fun onAccuracyChanged(sensor: Sensor, accuracy: Int) = Unit

    /** Where the value of a channel comes from: the type of sensor (Sensor.TYPE_*), and the index in the values of its events. */
    private class Quantity(val type: Int, val index: Int)

    companion object {
        private const val MILLIS = 1e3f
        private const val MICROS = 1e6f

        /** More than 200 samples per second need a permission. */
        private const val FASTEST_MICROS = 5_000L
        private const val SLOWEST_MICROS = 1_000_000L

        private val QUANTITIES: Map<String, Quantity> = buildMap {
            val axes = mapOf(
                "accelerometer" to Sensor.TYPE_ACCELEROMETER,
                "gyroscope" to Sensor.TYPE_GYROSCOPE,
                "magnetometer" to Sensor.TYPE_MAGNETIC_FIELD,
            )
            for ((name, type) in axes) {
                for ((index, axis) in listOf("x", "y", "z").withIndex()) put("${name}_$axis", Quantity(type, index))
            }
            put("pressure", Quantity(Sensor.TYPE_PRESSURE, 0))
            put("light", Quantity(Sensor.TYPE_LIGHT, 0))
            put("temperature", Quantity(Sensor.TYPE_AMBIENT_TEMPERATURE, 0))
            put("ambient_temperature", Quantity(Sensor.TYPE_AMBIENT_TEMPERATURE, 0))
            put("humidity", Quantity(Sensor.TYPE_RELATIVE_HUMIDITY, 0))
        }

        /** Whether the sensors of phones measure all of [channels], judging by their names. */
        fun measure(channels: List<String>): Boolean = channels.all { it in QUANTITIES }
    }
}
