package io.apkiln.app.bench

import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.BatteryManager
import android.os.Build
import android.os.Debug
import android.os.PowerManager
import android.os.Process
import android.util.Log
import io.apkiln.app.LogTag
import io.apkiln.app.tuning.Processor
import java.io.File
import java.io.IOException
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.concurrent.TimeUnit

/** The phone that the app runs on; [front] says whether the app is in front. */
class AndroidPhone(private val context: Context, private val front: () -> Boolean) : BenchmarkPhone {
    private val power = context.getSystemService(Context.POWER_SERVICE) as PowerManager

    /** A second `am start` pauses the app for a moment. */
    override val inFront: Boolean
        get() {
            if (!front()) Thread.sleep(MOMENT_MS)
            return front()
        }

    override fun memory(moment: String) =
        Memory(moment, Debug.getPss() * BYTES_PER_KIB, Debug.getNativeHeapAllocatedSize())

    override fun thermal(): String? {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return null
        return THERMAL.getOrNull(power.currentThermalStatus)
    }

    /** Android hands its newest broadcast about the battery to whoever asks. */
    override fun temperatureC(): Double? {
        val battery = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED)) ?: return null
        val tenths = battery.getIntExtra(BatteryManager.EXTRA_TEMPERATURE, Int.MIN_VALUE)
        return if (tenths == Int.MIN_VALUE) null else tenths / TENTHS
    }

    override fun peakBytes(): Long? = try {
        val line = File("/proc/self/status").useLines { lines -> lines.firstOrNull { it.startsWith("VmHWM:") } }
        line?.filter(Char::isDigit)?.toLongOrNull()?.times(BYTES_PER_KIB)
    } catch (error: IOException) {
        Log.w(LogTag.BENCHMARK, "the memory can't be read", error)
        null
    }

    companion object {
        private const val TENTHS = 10.0
        private const val BYTES_PER_KIB = 1024L
        private const val LOG_SECONDS = 5L
        private const val MOMENT_MS = 500L

        /** By PowerManager.THERMAL_STATUS_*. */
        private val THERMAL = listOf("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")

        /** What TensorFlow Lite has logged about a delegate since [fromMs]: an app may read its own log. */
        fun delegation(processor: Processor, fromMs: Long): Delegation? {
            val from = SimpleDateFormat("MM-dd HH:mm:ss.SSS", Locale.ROOT).format(Date(fromMs))
            val command = listOf("logcat", "-d", "-T", from, "--pid=${Process.myPid()}", "-s", "tflite:I")
            return try {
                val process = ProcessBuilder(command).redirectErrorStream(true).start()
                process.outputStream.close()
                val lines = process.inputStream.bufferedReader().use { it.readLines() }
                if (!process.waitFor(LOG_SECONDS, TimeUnit.SECONDS)) process.destroy()
                Delegation.read(lines, processor)
            } catch (error: IOException) {
                Log.w(LogTag.BENCHMARK, "the log can't be read", error)
                null
            }
        }
    }
}
