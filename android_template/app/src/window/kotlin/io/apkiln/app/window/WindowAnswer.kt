package io.apkiln.app.window

/** [probability] of Abnormal, and whether that makes an [alarm]. */
data class WindowAnswer(var probability: Float = 0f, var alarm: Boolean = false)
