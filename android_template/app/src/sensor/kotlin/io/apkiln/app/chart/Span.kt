package io.apkiln.app.chart

import android.content.Context
import io.apkiln.app.R

/** A duration up to now in the most readable unit; empty if it is unknown. */
internal fun spanText(context: Context, seconds: Float): String = when {
    seconds >= 2 * DAY -> context.getString(R.string.span_days, seconds / DAY)
    seconds >= 2 * HOUR -> context.getString(R.string.span_hours, seconds / HOUR)
    seconds >= 2 * MINUTE -> context.getString(R.string.span_minutes, seconds / MINUTE)
    seconds > 0 -> context.getString(R.string.span_seconds, seconds)
    else -> ""
}

private const val MINUTE = 60f
private const val HOUR = 60 * MINUTE
private const val DAY = 24 * HOUR
