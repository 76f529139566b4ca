package io.apkiln.app.library

import io.apkiln.app.bench.Delegation
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.Processor
import java.io.File

/** What the phone's library logs in this JVM. */
object PhoneLog {
    private val file = File(checkNotNull(System.getenv("APKILN_PHONE_LOG")))

    /** All of it. */
    val text: String get() = file.readText()

    /** What a delegate took of the model that [action] starts, as the app reads it. */
    fun taken(processor: Processor = Processor.GPU, action: () -> Unit): Delegation? {
        val before = file.readLines().size
        action()
        return Delegation.read(file.readLines().drop(before), processor)
    }
}

/** Rows for Python: model, processor, the difference from the CPU or what is said in its place, nodes taken and all. */
fun report(file: String, models: List<RealModel>, candidates: List<Candidate>) {
    val report = File(System.getProperty("apkiln.cases")).resolve(file)
    for (model in models) {
        for (candidate in candidates) {
            var found = ""
            val taken = PhoneLog.taken {
                found = try {
                    val runner = model.start(candidate)
                    model.difference(runner).toString().also { runner.close() }
                } catch (error: IllegalArgumentException) {
                    error.message.orEmpty().replace('\n', ' ')
                }
            }
            val nodes = listOf(taken?.delegated ?: 0, taken?.total ?: 0, taken?.partitions ?: 0)
            report.appendText((listOf(model.name, candidate.key, found) + nodes).joinToString("\t") + "\n")
        }
    }
}
