package io.apkiln.app

import android.app.Application
import android.content.pm.ApplicationInfo
import android.os.Process
import android.os.StrictMode
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.model.TfliteRunner
import io.apkiln.app.tuning.AppProcess
import io.apkiln.app.tuning.KeptRunners
import io.apkiln.app.tuning.TimedWatchdog
import io.apkiln.app.tuning.Watchdog
import java.util.UUID

/**
 * The application: holds what runs its models, and what of that outlives a screen. Debug builds log leaks, and work that
 * blocks the main thread.
 */
open class ModelApp : Application() {
    open val runtime: ModelRuntime = TfliteRunner

    /** Whether there are sensors to read; else a sensor screen plays its recording. */
    open val hasSensors = true
    val process = AppProcess(Process.myPid(), UUID.randomUUID().toString())
    val keptRunners = KeptRunners()
    open val watchdog: Watchdog = TimedWatchdog()

    override fun onCreate() {
        super.onCreate()
        if (applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0) watchStrictly()
    }

    private fun watchStrictly() {
        StrictMode.setThreadPolicy(StrictMode.ThreadPolicy.Builder().detectAll().penaltyLog().build())
        StrictMode.setVmPolicy(
            StrictMode.VmPolicy.Builder()
                .detectActivityLeaks()
                .detectLeakedClosableObjects()
                .detectLeakedRegistrationObjects()
                .detectLeakedSqlLiteObjects()
                .penaltyLog()
                .build(),
        )
    }
}
