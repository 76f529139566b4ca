package io.apkiln.app.tuning

/** What a process of the app does with a candidate's driver. */
enum class Phase(val isRisky: Boolean) {
    /** Starts it, compares it with the CPU, measures it. */
    TRYING(true),

    /** Waits for it longer than for one that works. */
    STUCK(true),

    /** Has it at hand, and runs a model on it. */
    USING(false),
    CLOSING(true),

    /** Has closed it; its driver may go on in threads of its own. */
    CLOSED(false),
}

/** How a process of the app ended; [strikes] count against what was tried just then. */
enum class Death(val strikes: Int) {
    /** Native code crashed, or the app did not react any more. */
    CRASH(2),

    /** The user or Android ended it for a reason of their own. */
    ENDED(0),

    /** Nobody knows: it may have been anything, but hardly twice in a row. */
    UNKNOWN(1),
}

/** A process of the app; [pid] may come again, [id] does not. */
data class AppProcess(val pid: Int, val id: String)

/** Short texts by key that outlive the process. */
interface Notes {
    val keys: Set<String>

    fun read(key: String): String?

    /** Writes [text], or deletes what is there if it is null; on disk when this returns. */
    fun write(key: String, text: String?)
}

/**
 * Which candidates of this phone take the app down or hang, for all models and their files alike: it is their driver's fault.
 *
 * A mark on disk says what the process does with a driver. The next process finds the marks of one that ended, asks [deathOf]
 * (its process and the time of its last mark) how it ended, and judges the candidate by that.
 */
class DriverMemory(
    private val notes: Notes,
    private val process: AppProcess,
    private val deathOf: (AppProcess, Long) -> Death,
    private val nowMs: () -> Long = System::currentTimeMillis,
) {
    private class Mark(val key: String, val candidate: Candidate, val phase: Phase, val process: AppProcess, val timeMs: Long)

    init {
        val left = marks().filter { it.process.id != process.id }
        left.groupBy { it.process }.forEach { (process, marks) -> judge(marks, deathOf(process, marks.maxOf { it.timeMs })) }
        left.forEach { notes.write(it.key, null) }
    }

    /** Why [candidate] must not be tried; null if it may. */
    fun trouble(candidate: Candidate): Outcome? {
        val record = record(candidate)
        val isStuck = marks().any { it.candidate == candidate.driver && it.phase == Phase.STUCK }
        return when {
            record.hung || isStuck -> Outcome.Hung
            record.strikes >= MOST_STRIKES -> Outcome.Crashed
            else -> null
        }
    }

    /** Whether the app died when [candidate] was closed. */
    fun crashesAtClose(candidate: Candidate): Boolean = record(candidate).crashesAtClose

    /** Notes what this process does with [model] on [candidate]; on disk when this returns. */
    fun mark(model: String, candidate: Candidate, phase: Phase) {
        val text = listOf(phase.name, process.pid, process.id, nowMs()).joinToString(SEPARATOR)
        notes.write(listOf(MARK, model, candidate.driver.key).joinToString(SEPARATOR), text)
    }

    /** Gives all candidates another chance. What must not be closed stays known: that costs no speed. */
    fun forget() {
        marks().filter { it.phase == Phase.STUCK }.forEach { notes.write(it.key, null) }
        notes.keys.filter { it.startsWith(RECORD) }.forEach { key ->
            val record = DriverRecord.read(notes.read(key))
            notes.write(key, DriverRecord(crashesAtClose = record.crashesAtClose).text)
        }
    }

    /** Blames whatever was risky when the process ended; if nothing was, what it used. */
    private fun judge(marks: List<Mark>, death: Death) {
        val risky = marks.filter { it.phase.isRisky }
        for ((candidate, blamed) in risky.ifEmpty { marks }.groupBy { it.candidate }) {
            notes.write(RECORD + candidate.key, record(candidate).after(blamed.map { it.phase }, death).text)
        }
    }

    private fun record(candidate: Candidate) = DriverRecord.read(notes.read(RECORD + candidate.driver.key))

    private fun marks(): List<Mark> = notes.keys.filter { it.startsWith(MARK + SEPARATOR) }.mapNotNull(::readMark)

    private fun readMark(key: String): Mark? {
        val candidate = Candidate.of(key.substringAfterLast(SEPARATOR)) ?: return null
        val (name, pid, id, time) = notes.read(key)?.split(SEPARATOR)?.takeIf { it.size == MARK_PARTS } ?: return null
        val phase = Phase.entries.firstOrNull { it.name == name } ?: return null
        return Mark(key, candidate, phase, AppProcess(pid.toIntOrNull() ?: return null, id), time.toLongOrNull() ?: return null)
    }

    private companion object {
        const val SEPARATOR = "|"
        const val MARK = "mark"
        const val MARK_PARTS = 4
        const val RECORD = "record|"
        const val MOST_STRIKES = 2
    }
}

/** What is held against a candidate: [strikes] in a row, that it [hung], that it [crashesAtClose]. */
private data class DriverRecord(val strikes: Int = 0, val hung: Boolean = false, val crashesAtClose: Boolean = false) {
    val text: String get() = "$strikes $hung $crashesAtClose"

    /** The record after a process died in [phases]. A process that used the candidate and did not crash clears its strikes. */
    fun after(phases: List<Phase>, death: Death): DriverRecord = when {
        Phase.STUCK in phases -> copy(hung = true)
        Phase.TRYING in phases -> copy(strikes = strikes + death.strikes)
        Phase.CLOSING in phases -> copy(crashesAtClose = crashesAtClose || death != Death.ENDED)
        death != Death.CRASH -> copy(strikes = 0)
        else -> copy(
            strikes = if (Phase.USING in phases || crashesAtClose) strikes + 1 else strikes,
            crashesAtClose = crashesAtClose || Phase.CLOSED in phases,
        )
    }

    companion object {
        private const val PARTS = 3

        /** Reads [text]; any other text than one of these says nothing against the candidate. */
        fun read(text: String?): DriverRecord {
            val (strikes, hung, crashesAtClose) = text?.split(" ")?.takeIf { it.size == PARTS } ?: return DriverRecord()
            return DriverRecord(strikes.toIntOrNull() ?: 0, hung.toBoolean(), crashesAtClose.toBoolean())
        }
    }
}
