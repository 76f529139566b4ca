package io.apkiln.app.settings

import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.ApplicationExitInfo
import android.content.Context
import android.os.Build
import android.system.OsConstants
import android.util.Log
import androidx.annotation.RequiresApi
import io.apkiln.app.LogTag
import io.apkiln.app.tuning.AppProcess
import io.apkiln.app.tuning.Death

/** How earlier processes of the app ended, as far as Android tells: it does so from Android 11 on. */
class ExitReasons(private val context: Context) {
    /** How [process] ended, which was alive at [sinceMs]. */
    fun deathOf(process: AppProcess, sinceMs: Long): Death {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return Death.UNKNOWN
        val manager = context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
        val exits = try {
            manager.getHistoricalProcessExitReasons(context.packageName, process.pid, 0)
        } catch (error: RuntimeException) { // some makers' services throw
            Log.w(LogTag.DELEGATE, "Android does not say how the app ended", error)
            return Death.UNKNOWN
        }
        val exit = exits.filter { it.pid == process.pid && it.timestamp >= sinceMs }.minByOrNull { it.timestamp }
        return if (exit == null) Death.UNKNOWN else deathBy(exit)
    }

    @RequiresApi(Build.VERSION_CODES.R)
    private fun deathBy(exit: ApplicationExitInfo): Death = when (exit.reason) {
        ApplicationExitInfo.REASON_CRASH_NATIVE, ApplicationExitInfo.REASON_ANR -> Death.CRASH
        ApplicationExitInfo.REASON_SIGNALED -> if (exit.status in CRASH_SIGNALS) Death.CRASH else shortage(exit)
        ApplicationExitInfo.REASON_CRASH, ApplicationExitInfo.REASON_UNKNOWN -> Death.UNKNOWN
        ApplicationExitInfo.REASON_LOW_MEMORY, ApplicationExitInfo.REASON_EXCESSIVE_RESOURCE_USAGE -> shortage(exit)
        else -> Death.ENDED
    }

    /** Android clears the background all the time; what it takes from the foreground may have taken too much itself. */
    @RequiresApi(Build.VERSION_CODES.R)
    private fun shortage(exit: ApplicationExitInfo): Death =
        if (exit.importance <= RunningAppProcessInfo.IMPORTANCE_FOREGROUND) Death.UNKNOWN else Death.ENDED

    private companion object {
        val CRASH_SIGNALS = setOf(
            OsConstants.SIGABRT,
            OsConstants.SIGBUS,
            OsConstants.SIGFPE,
            OsConstants.SIGILL,
            OsConstants.SIGSEGV,
            OsConstants.SIGSYS,
            OsConstants.SIGTRAP,
        )
    }
}
