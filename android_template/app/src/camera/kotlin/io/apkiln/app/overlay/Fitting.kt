package io.apkiln.app.overlay

import android.graphics.Paint

private const val ELLIPSIS = "…"

/** These words in letters of [text], without their middle where they are wider than [width]: the last [tail] of them stay. */
fun String.fitting(width: Float, text: Paint, tail: Int = 0): String {
    if (text.measureText(this) <= width) return this
    val end = takeLast(tail)
    val room = width - text.measureText(ELLIPSIS + end)
    return take(text.breakText(this, true, room.coerceAtLeast(0f), null)) + ELLIPSIS + end
}
