package io.apkiln.app.preview

import android.content.Context
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment

/** Carries what the app has measured from one test to the next, as a phone knows it at the next start. */
class Measured : ExternalResource() {
    private val preferences
        get() = RuntimeEnvironment.getApplication().getSharedPreferences("delegate", Context.MODE_PRIVATE)

    override fun before() = preferences.edit().apply { known.forEach(::putString) }.apply()

    override fun after() {
        known = preferences.all.filterKeys { it.startsWith("tuning.") }.mapValues { it.value as String }
    }

    private companion object {
        var known = emptyMap<String, String>()
    }
}
