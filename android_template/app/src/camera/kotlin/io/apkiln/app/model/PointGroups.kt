package io.apkiln.app.model

/**
 * Indices of points to be joined by a line: those named alike but for a number at the end, as left_ear_1, left_ear_2,
 * in their order.
 */
fun pointGroups(names: List<String>): List<IntArray> =
    names.indices
        .filter { NUMBERED.matches(names[it]) }
        .groupBy { names[it].substringBeforeLast('_') }
        .values
        .filter { it.size > 1 }
        .map { it.toIntArray() }

private val NUMBERED = Regex(".+_[0-9]+")
