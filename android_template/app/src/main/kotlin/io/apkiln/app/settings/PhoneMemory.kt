package io.apkiln.app.settings

import android.annotation.SuppressLint
import android.content.SharedPreferences
import io.apkiln.app.tuning.Notes
import io.apkiln.app.tuning.Tuning
import io.apkiln.app.tuning.TuningMemory
import io.apkiln.app.tuning.TuningText

/** The measurements of one [model] (the sha256 of its files) on one [phone], in the app's preferences. */
@SuppressLint("ApplySharedPref") // what follows may end the app
class PhoneMemory(private val preferences: SharedPreferences, model: String, private val phone: String) : TuningMemory {
    private val tuningKey = "tuning.$model"

    override fun recall(): Tuning? {
        val (owner, text) = preferences.getString(tuningKey, null)?.split("\n", limit = 2)?.takeIf { it.size == 2 } ?: return null
        return if (owner == phone) TuningText.read(text) else null
    }

    override fun remember(tuning: Tuning) {
        preferences.edit().putString(tuningKey, "$phone\n${TuningText.write(tuning)}").commit()
    }

    override fun forget() = preferences.edit().remove(tuningKey).apply()
}

/** Notes in the app's preferences about one [phone]: a new Android version may bring drivers that don't crash. */
@SuppressLint("ApplySharedPref") // what follows may end the app
class PhoneNotes(private val preferences: SharedPreferences, phone: String) : Notes {
    private val prefix = "driver.${phone.hashCode()}."

    override val keys: Set<String>
        get() = preferences.all.keys.filter { it.startsWith(prefix) }.mapTo(HashSet()) { it.removePrefix(prefix) }

    override fun read(key: String): String? = preferences.getString(prefix + key, null)

    override fun write(key: String, text: String?) {
        preferences.edit().putString(prefix + key, text).commit()
    }
}
