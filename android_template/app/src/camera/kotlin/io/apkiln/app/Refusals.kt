package io.apkiln.app

import android.content.Context

/**
 * Remembers how often a permission was not given, to tell what may help.
 *
 * The system wants a rationale after a refusal, but neither before the first one, nor after the last one, which it doesn't ask
 * about again, nor after a question that was only dismissed (from Android 11 on).
 */
internal class Refusals(context: Context) {
    /** What may help: to [ask] again, the system's [settings], or either. */
    enum class Next(val ask: Boolean, val settings: Boolean) { ASK(true, false), SETTINGS(false, true), EITHER(true, true) }

    private val memory = context.getSharedPreferences("camera_permission", Context.MODE_PRIVATE)

    /** Counts one more; [rationale]: whether the system wants one now. */
    fun add(rationale: Boolean): Next {
        val refused = memory.getBoolean(REFUSED, false)
        val unclear = memory.getInt(UNCLEAR, 0)
        memory.edit().putBoolean(REFUSED, refused || rationale).putInt(UNCLEAR, if (rationale) 0 else unclear + 1).apply()
        return when {
            rationale -> Next.ASK
            refused -> Next.SETTINGS
            unclear == 0 -> Next.ASK
            else -> Next.EITHER
        }
    }

    /** The permission was given. */
    fun forget() = memory.edit().clear().apply()

    private companion object {
        /** Whether the system ever wanted a rationale. */
        const val REFUSED = "refused"

        /** How often since then it wanted none. */
        const val UNCLEAR = "unclear"
    }
}
