package io.apkiln.app

import android.app.Application
import android.content.pm.ApplicationInfo
import android.os.StrictMode
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.model.TfliteRunner

/** The application: holds what runs its models. Debug builds log leaks, and work that blocks the main thread. */
open class ModelApp : Application() {
    open val runtime: ModelRuntime = TfliteRunner

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
