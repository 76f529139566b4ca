package io.apkiln.app.settings

import android.annotation.SuppressLint
import android.content.SharedPreferences
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Tuning
import io.apkiln.app.tuning.TuningMemory
import io.apkiln.app.tuning.TuningText

/** The measurements of one [model] (its sha256) on one [phone], in the app's preferences. */
class PhoneMemory(
    private val preferences: SharedPreferences,
    private val model: String,
    private val phone: String,
) : TuningMemory {
    private val tuningKey = "tuning.$model"

    override fun recall(): Tuning? {
        val (owner, text) = preferences.getString(tuningKey, null)?.split("\n", limit = 2)?.takeIf { it.size == 2 } ?: return null
        return if (owner == phone) TuningText.read(text) else null
    }

    override fun remember(tuning: Tuning) = preferences.edit().putString(tuningKey, "$phone\n${TuningText.write(tuning)}").apply()

    override fun forget() {
        val editor = preferences.edit().remove(tuningKey)
        preferences.all.keys.filter { it.startsWith("trying.$model.") }.forEach(editor::remove)
        editor.apply()
    }

    override fun unfinished(candidate: Candidate): Int = preferences.getInt(tryingKey(candidate), 0)

    /** Written before the driver is called: if that kills the app, the next start must know. */
    @SuppressLint("ApplySharedPref")
    override fun begin(candidate: Candidate) {
        preferences.edit().putInt(tryingKey(candidate), unfinished(candidate) + 1).commit()
    }

    override fun end(candidate: Candidate) = preferences.edit().remove(tryingKey(candidate)).apply()

    /** A new Android version may bring a driver that does not crash. */
    private fun tryingKey(candidate: Candidate) = "trying.$model.${candidate.key}.${phone.hashCode()}"
}
