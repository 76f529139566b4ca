package io.apkiln.app.settings

import android.content.Context
import android.content.SharedPreferences
import android.os.Build
import android.util.Log
import io.apkiln.app.LogTag
import io.apkiln.app.ModelApp
import io.apkiln.app.model.KernelCache
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DriverMemory
import io.apkiln.app.tuning.TuningPlan
import java.io.File

/** The user's choice of what the models run on, and what was measured. Reads a file, so not for the main thread. */
class DelegateSettings(private val app: ModelApp) {
    private val preferences: SharedPreferences = app.getSharedPreferences(FILE, Context.MODE_PRIVATE)
    private val cores = Runtime.getRuntime().availableProcessors()
    private val candidates = Candidate.toTry(cores, app.runtime.accelerators(Build.VERSION.SDK_INT))
    private val usual = Candidate.cpu(Candidate.usualThreads(cores))

    /** This phone, its Android version and the library: measurements don't carry over to others. */
    private val phone =
        listOf(Build.FINGERPRINT, Build.MODEL, Build.VERSION.RELEASE, Build.VERSION.SDK_INT, app.runtime.name).joinToString("|")
    private val notes = PhoneNotes(preferences, phone)

    /** Android empties this folder when it or the app is updated, and with the app its library. */
    private val kernelFolder: File get() = app.codeCacheDir.resolve(KERNELS)

    /** Key of the user's choice, or else the app's; it may be one that this phone does not have. */
    var choice: String
        get() = wanted()?.key ?: AUTOMATIC
        set(value) = preferences.edit().putString(CHOICE, value).apply()

    /** Keys of what can be chosen on this phone, and of the current choice. */
    val choices: List<String> get() = (listOf(AUTOMATIC) + candidates.map { it.key } + choice).distinct()

    val isWithoutGpu: Boolean get() = app.runtime.isWithoutGpu

    /** What the library's list says of this phone's GPU; null as long as nobody asked it. */
    val isGpuListed: Boolean? get() = notes.read(LISTED)?.toBoolean()

    val drivers: DriverMemory by lazy { DriverMemory(notes, app.process, ExitReasons(app)::deathOf) }

    fun plan() = TuningPlan(candidates, wanted(), usual)

    fun memory(contract: ModelContract) =
        PhoneMemory(preferences, ModelContracts.variants(contract).joinToString("+") { it.sha256 }, phone)

    fun kernels(contract: ModelContract): KernelCache? = KernelCache.of(kernelFolder, listOf(contract.sha256, phone))

    /** Asks the library about this phone's GPU, once. That calls its driver, so it is for the middle of a trial. */
    fun askAboutGpu() {
        if (isGpuListed != null) return
        try {
            app.runtime.isGpuListed()?.let { notes.write(LISTED, it.toString()) }
        } catch (error: RuntimeException) { // drivers throw all kinds
            Log.w(LogTag.DELEGATE, "the library can't tell whether it lists this GPU", error)
        }
    }

    /** Forgets what was measured of [contracts] and held against drivers, and what GPUs compiled. */
    fun forget(contracts: List<ModelContract>) {
        choice = AUTOMATIC
        contracts.forEach { memory(it).forget() }
        drivers.forget()
        forgetKernels()
    }

    /** Forgets what GPUs compiled: their next start is as slow as the first. */
    fun forgetKernels() {
        kernelFolder.deleteRecursively()
    }

    private fun wanted(): Candidate? {
        val key = preferences.getString(CHOICE, null) ?: ModelContracts.DELEGATE
        return if (key == ANY_CPU) usual else Candidate.of(key)
    }

    companion object {
        const val AUTOMATIC = "auto"
        private const val ANY_CPU = "cpu"
        private const val FILE = "delegate"
        private const val CHOICE = "choice"
        private const val LISTED = "gpu-listed"
        private const val KERNELS = "gpu-kernels"
    }
}
