package io.apkiln.app.settings

import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.ApplicationExitInfo
import android.content.Context
import android.os.Build
import android.system.OsConstants
import io.apkiln.app.GpuApp
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.TfliteRunner
import io.apkiln.app.tuning.AppProcess
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Death
import io.apkiln.app.tuning.DriverMemory
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Phase
import io.apkiln.app.tuning.Processor
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowActivityManager.ApplicationExitInfoBuilder
import org.robolectric.util.ReflectionHelpers

/** How earlier processes ended, as Android tells it, and what the app's preferences keep of it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class ExitReasonsTest {
    private val app get() = RuntimeEnvironment.getApplication() as GpuApp
    private val gpu = Candidate(Processor.GPU)

    private fun exit(
        reason: Int,
        status: Int = 0,
        importance: Int = RunningAppProcessInfo.IMPORTANCE_FOREGROUND,
        pid: Int = 7,
        timeMs: Long = 2000,
    ) {
        val exit = ApplicationExitInfoBuilder.newBuilder()
            .setPid(pid).setReason(reason).setStatus(status).setImportance(importance).setTimestamp(timeMs).build()
        shadowOf(app.getSystemService(ActivityManager::class.java)).addApplicationExitInfo(exit)
    }

    private fun death() = ExitReasons(app).deathOf(AppProcess(7, "a"), 1000)

    @Test
    fun onlyCrashesCountAsSuch() {
        val front = RunningAppProcessInfo.IMPORTANCE_FOREGROUND
        val cached = RunningAppProcessInfo.IMPORTANCE_CACHED
        val told = listOf(
            Triple(ApplicationExitInfo.REASON_CRASH_NATIVE, 0, front) to Death.CRASH,
            Triple(ApplicationExitInfo.REASON_ANR, 0, front) to Death.CRASH,
            Triple(ApplicationExitInfo.REASON_SIGNALED, OsConstants.SIGSEGV, front) to Death.CRASH,
            Triple(ApplicationExitInfo.REASON_SIGNALED, OsConstants.SIGABRT, cached) to Death.CRASH,
            Triple(ApplicationExitInfo.REASON_SIGNALED, OsConstants.SIGKILL, front) to Death.UNKNOWN,
            Triple(ApplicationExitInfo.REASON_SIGNALED, OsConstants.SIGKILL, cached) to Death.ENDED,
            Triple(ApplicationExitInfo.REASON_CRASH, 0, front) to Death.UNKNOWN,
            Triple(ApplicationExitInfo.REASON_LOW_MEMORY, 0, front) to Death.UNKNOWN,
            Triple(ApplicationExitInfo.REASON_LOW_MEMORY, 0, cached) to Death.ENDED,
            Triple(ApplicationExitInfo.REASON_USER_REQUESTED, 0, front) to Death.ENDED,
            Triple(ApplicationExitInfo.REASON_PACKAGE_UPDATED, 0, front) to Death.ENDED,
            Triple(ApplicationExitInfo.REASON_EXIT_SELF, 0, front) to Death.ENDED,
        )
        for ((index, case) in told.withIndex()) {
            val (reason, status, importance) = case.first
            exit(reason, status, importance, pid = 100 + index)
            assertEquals("$index", case.second, ExitReasons(app).deathOf(AppProcess(100 + index, "a"), 1000))
        }
    }

    @Test
    fun theDeathIsThatOfTheProcessWithTheMark() {
        assertEquals("no record", Death.UNKNOWN, death())
        exit(ApplicationExitInfo.REASON_CRASH_NATIVE, pid = 8)
        exit(ApplicationExitInfo.REASON_CRASH_NATIVE, timeMs = 900)
        assertEquals("another one, and one before the mark", Death.UNKNOWN, death())
        exit(ApplicationExitInfo.REASON_CRASH_NATIVE, timeMs = 3000)
        exit(ApplicationExitInfo.REASON_USER_REQUESTED, timeMs = 2000)
        assertEquals("the number came again", Death.ENDED, death())
    }

    @Test
    fun androidTenDoesNotTell() {
        exit(ApplicationExitInfo.REASON_CRASH_NATIVE)
        assertEquals(Death.CRASH, death())
        val newest = Build.VERSION.SDK_INT
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", Build.VERSION_CODES.Q)
        assertEquals(Death.UNKNOWN, death())
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", newest)
    }

    @Test
    fun marksOutliveTheProcess() {
        val preferences = app.getSharedPreferences("delegate", Context.MODE_PRIVATE)
        fun memory(pid: Int, phone: String = "phone") =
            DriverMemory(PhoneNotes(preferences, phone), AppProcess(pid, "$pid"), ExitReasons(app)::deathOf) { 1000 }
        memory(7).mark("model", gpu, Phase.TRYING)
        exit(ApplicationExitInfo.REASON_CRASH_NATIVE)
        assertNull("another Android", memory(8, phone = "other").trouble(gpu))
        assertEquals(Outcome.Crashed, memory(8).trouble(gpu))
        assertEquals("also later", Outcome.Crashed, memory(9).trouble(gpu))
        memory(9).forget()
        assertNull(memory(10).trouble(gpu))
    }

    @Test
    fun kernelsAreKeptForOneModelAndGoWithTheMeasurements() {
        val settings = DelegateSettings(app)
        val contract = ModelContracts.all.first()
        val cache = requireNotNull(settings.kernels(contract))
        assertTrue("the token is part of a file's name", Regex("[0-9a-f]+").matches(cache.token))
        assertEquals(cache.token, DelegateSettings(app).kernels(contract)?.token)
        assertNotEquals(cache.token, settings.kernels(contract.copy(sha256 = "1"))?.token)
        assertTrue(cache.folder.startsWith(app.codeCacheDir))
        val options = TfliteRunner.gpuOptions(precisionLoss = false, cache)
        assertEquals(cache.folder.path to cache.token, options.serializationDir to options.modelToken)
        assertNull(TfliteRunner.gpuOptions(precisionLoss = true, null).serializationDir)
        cache.folder.resolve("compiled").writeText("x")
        settings.forget(ModelContracts.all)
        assertEquals(false, cache.folder.exists())
        cache.folder.writeText("a file in its place")
        assertNull(settings.kernels(contract))
        cache.folder.delete()
        assertNotNull(settings.kernels(contract))
    }
}
