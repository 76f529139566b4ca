package io.apkiln.app.parity

import io.apkiln.app.frames.PlaneFrame
import io.apkiln.app.model.ElementType
import io.apkiln.app.model.ModelContract
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

    /** The outputs of a model: output.bin, then output1.bin … */
    fun outputs(): List<ByteBuffer> =
        listOf(bytes("output")) + generateSequence(1) { it + 1 }.map { "output$it" }
            .takeWhile { folder.resolve("$it.bin").exists() }.map(::bytes)

    /** An array of float32, one after another. */
    fun array(key: String): FloatArray =
        bytes(key).asFloatBuffer().let { buffer -> FloatArray(buffer.remaining()) { buffer.get(it) } }

    /** The content of the `.tflite` that [key] names. */
    fun model(key: String): ByteArray = File(text(key)).readBytes()

    /** The contract that Python wrote under [prefix]. */
    fun contract(prefix: String = "contract"): ModelContract = twin(ModelContract::class.java, prefix)

    /** As [contract], of any type. */
    fun <T> twin(type: Class<T>, prefix: String): T = TwinReader(values).read(type, prefix)

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
    fun compareTensors(what: String, expected: ByteBuffer, found: ByteBuffer, dtype: ElementType, limit: Double? = null) {
        val count = expected.capacity() / dtype.bytes
        val values = { buffer: ByteBuffer -> FloatArray(count) { dtype.read(buffer, it) } }
        val allowed = limit ?: if (dtype == ElementType.FLOAT32) TOLERANCE else 1.0
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
