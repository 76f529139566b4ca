package io.apkiln.app.window

/** Samples read from a file: [values] has one value per channel for each of [stamps]. */
class Recording private constructor(val stamps: List<String>, val values: List<FloatArray>) {
    /** A recording can't be played; [detail] is the channel or the number of the line. */
    class Broken(val problem: Problem, val detail: String) : Exception("$problem $detail")

    enum class Problem { EMPTY, NO_CHANNEL, BAD_LINE }

    companion object {
        /**
         * Reads CSV: a header with a name for the stamp and then those of the channels in any order; below it plain numbers.
         * An empty field or "nan" is a missing value; columns that are no channel are ignored.
         *
         * Throws [Broken] if it can't be played.
         */
        fun parse(lines: Sequence<String>, channels: List<String>): Recording {
            val rows = lines.iterator()
            val header = if (rows.hasNext()) rows.next().removePrefix(BYTE_ORDER_MARK) else ""
            if (header.isBlank()) throw Broken(Problem.EMPTY, "")
            val names = fields(header)
            val places = channels.map { channel ->
                names.indexOf(channel).also { if (it < 1) throw Broken(Problem.NO_CHANNEL, channel) }
            }
            val stamps = ArrayList<String>()
            val values = ArrayList<FloatArray>()
            var number = 1
            for (line in rows) {
                number++
                if (line.isBlank()) continue
                val fields = fields(line)
                if (fields.size != names.size) throw Broken(Problem.BAD_LINE, number.toString())
                stamps += fields[0]
                values += FloatArray(places.size) { number(fields[places[it]], number) }
            }
            if (values.isEmpty()) throw Broken(Problem.EMPTY, "")
            return Recording(stamps, values)
        }

        /** The fields of a [line]; one in quotes may hold commas, and quotes, which are doubled (RFC 4180). */
        private fun fields(line: String): List<String> {
            if ('"' !in line) return line.split(',').map { it.trim() }
            val found = arrayListOf(StringBuilder())
            var quoted = false
            var index = 0
            while (index < line.length) {
                val character = line[index++]
                when {
                    character == '"' && quoted && line.getOrNull(index) == '"' -> found.last().append(line[index++])
                    character == '"' -> quoted = !quoted
                    character == ',' && !quoted -> found += StringBuilder()
                    else -> found.last().append(character)
                }
            }
            return found.map { it.trim().toString() }
        }

        private fun number(field: String, line: Int): Float {
            if (field.isEmpty() || field.equals("nan", ignoreCase = true)) return Float.NaN
            return field.toFloatOrNull() ?: throw Broken(Problem.BAD_LINE, line.toString())
        }

        private const val BYTE_ORDER_MARK = "\uFEFF"
    }
}
