package io.apkiln.app.overlay

import androidx.annotation.ColorRes
import io.apkiln.app.R

/** The colour of class [kind]: light enough for dark letters on it, and the same in every frame. */
@ColorRes
fun classColor(kind: Int): Int = CLASS_COLORS[Math.floorMod(kind, CLASS_COLORS.size)]

private val CLASS_COLORS = intArrayOf(
    R.color.class_0, R.color.class_1, R.color.class_2, R.color.class_3, R.color.class_4,
    R.color.class_5, R.color.class_6, R.color.class_7, R.color.class_8, R.color.class_9,
)
