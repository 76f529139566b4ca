package io.apkiln.app

import android.content.Context
import android.hardware.Sensor
import android.hardware.SensorManager
import io.apkiln.app.model.Decoder
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.preview.MachineApp
import io.apkiln.app.preview.awaitOnMain
import io.apkiln.app.preview.pass
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState
import io.apkiln.app.window.WindowResult
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.SensorEventBuilder
import org.robolectric.shadows.ShadowSensor

/** The model of a phone whose sensors measure all its channels. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class MonitorTest : Monitor.Listener {
    private val app = RuntimeEnvironment.getApplication()
    private val manager = app.getSystemService(Context.SENSOR_SERVICE) as SensorManager
    private val heard = ArrayList<String>()
    private val replayed = ModelContracts.all.single()
    private val contract = replayed.copy(inputs = listOf(replayed.input.copy(channels = listOf("light", "pressure", "humidity"))))

    override fun onResult(result: WindowResult, state: DelegateState?) {
        heard += "${result.count}"
    }

    override fun onTrying(candidate: Candidate) {
        if (heard.last() != "trying") heard += "trying"
    }

    override fun onStuck(candidate: Candidate) = Unit

    override fun onGap() {
        heard += "gap"
    }

    override fun onFailed(message: String) {
        heard += message
    }

    @Test
    @Config(application = MachineApp::class)
    fun aMachineWithoutSensorsPlaysTheRecording() {
        assertFalse(Monitor(app, contract).live)
    }

    /** Sensors go on while the candidates are measured, so that the window's samples would not be [intervalS] apart. */
    @Test
    fun aTuningInsideTheFirstWindowLeavesNoHole() {
        val sensors = listOf(Sensor.TYPE_LIGHT, Sensor.TYPE_PRESSURE, Sensor.TYPE_RELATIVE_HUMIDITY).map(ShadowSensor::newInstance)
        sensors.forEach(shadowOf(manager)::addSensor)
        val monitor = Monitor(app, contract)
        monitor.attach(this)
        monitor.start()
        val length = contract.input.shape[1]
        val intervalMs = (1000 * contract.decoder<Decoder.Window>().intervalS).toLong()
        awaitOnMain("two windows") {
            for (sensor in sensors) {
                val event = SensorEventBuilder.newBuilder().setSensor(sensor).setTimestamp(0).setValues(floatArrayOf(1f)).build()
                shadowOf(manager).sendSensorEventToListeners(event)
            }
            pass(intervalMs)
            heard.count { it == "$length" } > 2
        }
        val first = heard.indexOf("$length")
        assertEquals(listOf("${length - 1}", "trying", "$length", "gap", "1", "2"), heard.drop(first - 2).take(6))
        assertEquals("measured once", 1, heard.count { it == "trying" })
        assertEquals("then it goes on", listOf("$length", "$length"), heard.takeLast(2))
    }
}
