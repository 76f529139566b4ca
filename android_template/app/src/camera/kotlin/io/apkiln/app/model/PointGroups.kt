package io.apkiln.app.model

/**
 * Indices of the points to join by a line: those whose names differ only in a number at the end, as left_ear_1, left_ear_2. Where one
 * is a wrist, as in COCO's hands, fingers have no underscore and begin there: wrist, thumb1, thumb2.
 */
fun pointGroups(names: List<String>): List<IntArray> {
    val wrist = names.indexOf(WRIST)
    val start = if (wrist < 0) emptyList() else listOf(wrist)
    return joined(names, NUMBERED).map { it.toIntArray() } +
        if (wrist < 0) emptyList() else joined(names, FINGER).map { (start + it).toIntArray() }
}

private fun joined(names: List<String>, pattern: Regex): List<List<Int>> =
    names.indices
        .mapNotNull { k -> pattern.matchEntire(names[k])?.let { it.groupValues[1] to k } }
        .groupBy({ it.first }, { it.second })
        .values
        .filter { it.size > 1 }

private const val WRIST = "wrist"
private val NUMBERED = Regex("(.+_)[0-9]+")
private val FINGER = Regex("(.*[^0-9_])[0-9]+")
