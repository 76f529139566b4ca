package io.apkiln.app.model

/** Indices of the points to join by a line: those whose names differ only in a number at the end, as left_ear_1, left_ear_2. */
fun pointGroups(names: List<String>): List<IntArray> =
    names.indices
        .filter { NUMBERED.matches(names[it]) }
        .groupBy { names[it].substringBeforeLast('_') }
        .values
        .filter { it.size > 1 }
        .map { it.toIntArray() }

private val NUMBERED = Regex(".+_[0-9]+")
