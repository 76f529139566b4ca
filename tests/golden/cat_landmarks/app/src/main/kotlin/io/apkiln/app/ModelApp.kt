package io.apkiln.app

import android.app.Application
import android.content.pm.ApplicationInfo
import android.os.StrictMode
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.model.TfliteRunner

/** The app as a whole: what computes its models; in debug builds the log tells of leaks and of waiting on the main thread. */
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
