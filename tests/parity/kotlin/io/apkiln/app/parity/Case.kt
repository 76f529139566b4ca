package io.apkiln.app.parity

import io.apkiln.app.frames.PlaneFrame
import io.apkiln.app.model.StoredType
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TensorContract
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Properties
import kotlin.math.abs
import org.junit.Assert.assertTrue

/** One case that Python wrote: values, and arrays as raw bytes. */
class Case(private val folder: File) {
    private val values = Properties().apply { folder.resolve("case.properties").reader().use(::load) }

    fun text(key: String): String = checkNotNull(values.getProperty(key)) { "${folder.name} has no $key" }

    fun texts(key: String): List<String> = text(key).split(",").filter { it.isNotEmpty() }

    fun int(key: String): Int = text(key).toInt()

    fun ints(key: String): List<Int> = texts(key).map { it.toInt() }

    fun doubles(key: String): DoubleArray = texts(key).map { it.toDouble() }.toDoubleArray()

    fun floats(key: String): FloatArray = texts(key).map { it.toFloat() }.toFloatArray()

    /** An array's bytes, in memory as a camera or an interpreter gives them. */
    fun bytes(key: String): ByteBuffer {
        val content = folder.resolve("$key.bin").readBytes()
        return ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder()).put(content).apply { rewind() }
    }

    /** An array of float32, one after another. */
    fun array(key: String): FloatArray =
        bytes(key).asFloatBuffer().let { buffer -> FloatArray(buffer.remaining()) { buffer.get(it) } }

    /** The content of the `.tflite` that [key] names. */
    fun model(key: String): ByteArray = File(text(key)).readBytes()

    fun contract(prefix: String = "contract") = ModelContract(
        name = text("$prefix.name"),
        file = text("$prefix.file"),
        sha256 = text("$prefix.sha256"),
        task = text("$prefix.task"),
        decode = text("$prefix.decode"),
        labels = texts("$prefix.labels"),
        input = tensor("$prefix.input"),
        output = tensor("$prefix.output"),
        mean = floats("$prefix.mean").toList(),
        std = floats("$prefix.std").toList(),
        region = text("$prefix.region"),
        margin = text("$prefix.margin").toFloat(),
        boxMargin = text("$prefix.box_margin").toFloat(),
        refineBelowIou = text("$prefix.look_again").toFloat(),
        zoomMargin = text("$prefix.closer_margin").toFloat(),
        tileBelowConfidence = text("$prefix.search_below").toFloat(),
        tileSide = text("$prefix.search_side").toFloat(),
        quantization = text("$prefix.quantization"),
        channels = texts("$prefix.channels"),
        intervalSeconds = text("$prefix.interval_s").toFloat(),
        threshold = text("$prefix.threshold").toFloat(),
        hold = int("$prefix.hold"),
    )

    private fun tensor(prefix: String) = TensorContract(
        ints("$prefix.shape"), text("$prefix.type"), text("$prefix.scale").toFloat(), int("$prefix.zeroPoint"),
    )

    fun frame() = PlaneFrame(folder)

    /** Fails where [found] is further from [expected] than [limit]; the largest difference goes into the report. */
    fun compare(what: String, expected: FloatArray, found: FloatArray, limit: Double = TOLERANCE) {
        assertTrue("$what: ${found.size} values, ${expected.size} expected", found.size == expected.size)
        val differences = expected.indices.map { abs(expected[it].toDouble() - found[it]) }
        val most = differences.maxOrNull() ?: 0.0
        report.appendText("${folder.parentFile.name}\t${folder.name}\t$what\t$most\t$limit\n")
        val worst = differences.indexOf(most)
        val told = if (worst < 0) "" else "[$worst] is ${found[worst]}, Python says ${expected[worst]}"
        assertTrue("$what$told: $most apart, more than $limit", most <= limit)
    }

    /** As [compare], for the mean of all differences. */
    fun compareMean(what: String, expected: FloatArray, found: FloatArray, limit: Double) {
        assertTrue("$what: ${found.size} values, ${expected.size} expected", found.size == expected.size)
        val mean = expected.indices.map { abs(expected[it].toDouble() - found[it]) }.average().takeUnless { it.isNaN() } ?: 0.0
        report.appendText("${folder.parentFile.name}\t${folder.name}\t$what\t$mean\t$limit\n")
        assertTrue("$what: $mean apart on average, more than $limit", mean <= limit)
    }

    /** As [compare], for two tensors of one type: to [TOLERANCE] for floats, else to one step of quantization. */
    fun compareTensors(what: String, expected: ByteBuffer, found: ByteBuffer, type: String, limit: Double? = null) {
        val stored = StoredType.of(type)
        val count = expected.capacity() / stored.bytes
        val values = { buffer: ByteBuffer -> FloatArray(count) { stored.read(buffer, it) } }
        val allowed = limit ?: if (stored == StoredType.FLOAT32) TOLERANCE else 1.0
        assertTrue("$what: ${found.capacity()} bytes", found.capacity() == expected.capacity())
        compare(what, values(expected), values(found), allowed)
    }

    override fun toString(): String = folder.name

    companion object {
        const val TOLERANCE = 1e-4
        private val root = File(System.getProperty("apkiln.cases"))
        private val report = root.resolve("report.tsv")

        /** All cases of one kind. */
        fun all(kind: String): List<Case> = root.resolve(kind).listFiles().orEmpty().sorted().map(::Case)
    }
}
