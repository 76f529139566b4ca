package io.apkiln.app.settings

import android.content.Context
import android.content.SharedPreferences
import android.os.Build
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.TuningPlan

/** The user's choice of what the models run on, and what was measured. Reads a file, so not for the main thread. */
class DelegateSettings(context: Context, private val runtime: ModelRuntime) {
    private val preferences: SharedPreferences = context.getSharedPreferences(FILE, Context.MODE_PRIVATE)
    private val cores = Runtime.getRuntime().availableProcessors()
    private val candidates = Candidate.toTry(cores, runtime.accelerators(Build.VERSION.SDK_INT))
    private val usual = Candidate.cpu(Candidate.usualThreads(cores))

    /** Key of the user's choice, or else the app's; it may be one that this phone does not have. */
    var choice: String
        get() = wanted()?.key ?: AUTOMATIC
        set(value) = preferences.edit().putString(CHOICE, value).apply()

    /** Keys of what can be chosen on this phone, and of the current choice. */
    val choices: List<String> get() = (listOf(AUTOMATIC) + candidates.map { it.key } + choice).distinct()

    val isWithoutGpu: Boolean get() = runtime.isWithoutGpu

    fun plan() = TuningPlan(candidates, wanted(), usual)

    fun memory(contract: ModelContract) = PhoneMemory(preferences, contract.sha256, phone())

    private fun wanted(): Candidate? {
        val key = preferences.getString(CHOICE, null) ?: ModelContracts.DELEGATE
        return if (key == ANY_CPU) usual else Candidate.of(key)
    }

    /** This phone, its Android version and the library: measurements don't carry over to others. */
    private fun phone(): String =
        listOf(Build.FINGERPRINT, Build.MODEL, Build.VERSION.RELEASE, Build.VERSION.SDK_INT, runtime.name).joinToString("|")

    companion object {
        const val AUTOMATIC = "auto"
        private const val ANY_CPU = "cpu"
        private const val FILE = "delegate"
        private const val CHOICE = "choice"
    }
}
