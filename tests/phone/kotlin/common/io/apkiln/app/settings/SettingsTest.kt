package io.apkiln.app.settings

import android.content.Context
import android.os.Build
import io.apkiln.app.GpuApp
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Outcome
import io.apkiln.app.tuning.Trial
import io.apkiln.app.tuning.Tuning
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers

/** What the phone's preferences keep: for this model, on this phone, with this Android. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class SettingsTest {
    private val app get() = RuntimeEnvironment.getApplication() as GpuApp
    private val contract = ModelContracts.all.first()
    private val tuning = Tuning(Candidate.cpu(2), listOf(Trial(Candidate.cpu(2), Outcome.Measured(1.5))))

    private fun settings() = DelegateSettings(app)

    @Test
    fun aTuningIsForOneModelOnOnePhoneWithOneAndroid() {
        settings().memory(contract).remember(tuning)
        assertEquals(tuning, settings().memory(contract).recall())
        assertNull(settings().memory(contract.copy(sha256 = "1")).recall())
        for ((field, value) in listOf("FINGERPRINT" to "other", "MODEL" to "other")) {
            val old = ReflectionHelpers.getStaticField<String>(Build::class.java, field)
            ReflectionHelpers.setStaticField(Build::class.java, field, value)
            assertNull(field, settings().memory(contract).recall())
            ReflectionHelpers.setStaticField(Build::class.java, field, old)
        }
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "RELEASE", "99")
        assertNull(settings().memory(contract).recall())
    }

    @Test
    fun whatIsNoTuningIsForgotten() {
        settings().memory(contract).remember(tuning)
        val preferences = app.getSharedPreferences("delegate", Context.MODE_PRIVATE)
        val (key, text) = preferences.all.entries.single()
        for (broken in listOf("", "x", "$text\nnonsense", text.toString().substringBefore("\n"))) {
            preferences.edit().putString(key, broken).apply()
            assertNull(broken, settings().memory(contract).recall())
        }
    }

    @Test
    fun whatWasChosenIsKept() {
        val settings = settings()
        assertEquals("auto", settings.choice)
        settings.choice = "gpu"
        assertEquals("gpu", settings().choice)
        assertEquals("gpu", settings().plan().choice?.key)
        settings.choice = "nnapi"
        assertEquals("not here, but chosen", "nnapi", settings().choices.last())
        settings.choice = "nonsense"
        assertEquals("auto", settings().choice)
        assertEquals(settings().choices.distinct(), settings().choices)
        settings.choice = "cpu"
        assertEquals(settings.plan().cpu, settings.plan().choice)
    }
}
