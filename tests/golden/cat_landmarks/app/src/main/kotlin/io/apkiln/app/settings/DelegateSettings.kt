package io.apkiln.app.settings

import android.content.Context
import android.content.SharedPreferences
import android.os.Build
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.model.ModelRuntime
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import io.apkiln.app.tuning.TuningPlan

/** What the user chose to compute the models with, and what was measured; reads a file, so not for the main thread. */
class DelegateSettings(context: Context, private val runtime: ModelRuntime) {
    private val preferences: SharedPreferences = context.getSharedPreferences(FILE, Context.MODE_PRIVATE)
    private val cores = Runtime.getRuntime().availableProcessors()

    /** Key of what was chosen, AUTOMATIC where the app is to find it. */
    var choice: String
        get() = preferences.getString(CHOICE, null) ?: ModelContracts.DELEGATE
        set(value) = preferences.edit().putString(CHOICE, value).apply()

    /** What can be chosen on this phone, by key. */
    val choices: List<String>
        get() = listOf(AUTOMATIC) + Candidate.toTry(cores, runtime.accelerators(Build.VERSION.SDK_INT)).map { it.key }

    fun plan(): TuningPlan {
        val usual = Candidate.cpu(Candidate.usualThreads(cores))
        val wanted = if (choice == Processor.CPU.name.lowercase()) usual else Candidate.of(choice)
        return TuningPlan(Candidate.toTry(cores, runtime.accelerators(Build.VERSION.SDK_INT)), wanted, usual)
    }

    fun memory(contract: ModelContract) = PhoneMemory(preferences, contract.sha256, phone())

    /** This phone, its Android and the library: what was measured is of no use on another. */
    private fun phone(): String =
        listOf(Build.FINGERPRINT, Build.MODEL, Build.VERSION.RELEASE, Build.VERSION.SDK_INT, runtime.name).joinToString("|")

    companion object {
        const val AUTOMATIC = "auto"
        private const val FILE = "delegate"
        private const val CHOICE = "choice"
    }
}
