package io.apkiln.app

import java.io.File
import java.util.Properties
import kotlin.system.exitProcess
import org.junit.internal.TextListener
import org.junit.runner.JUnitCore
import org.robolectric.RobolectricTestRunner

/**
 * Runs test classes one after another in this JVM, whose Android is loaded once. Each line of the file that the first argument
 * names is a run: its name, the class, and the system properties `key=value` that it alone has, with tabs between. Its files
 * go into OUT/NAME, the property `apkiln.out`; what failed, and at the end how many tests ran, into OUT/NAME.txt.
 */
object Runs {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val out = File(System.getProperty("apkiln.out"))
        for (line in File(arguments.single()).readLines()) {
            val (name, test) = line.split("\t")
            val own = line.split("\t").drop(2).associate { it.substringBefore("=") to it.substringAfter("=") }
            println("== $name")
            System.setProperty("apkiln.out", out.resolve(name).apply { mkdirs() }.path)
            own.forEach(System::setProperty)
            val result = JUnitCore().apply { addListener(TextListener(System.out)) }.run(Class.forName(test))
            own.keys.forEach(System::clearProperty)
            val failed = result.failures.map { "${it.description}: ${it.exception.toString().lineSequence().first()}" }
            out.resolve("$name.txt").writeText((failed + "${result.runCount} ran").joinToString("\n"))
        }
        exitProcess(0)
    }
}

/** Takes the app's resources and assets from the package that the property `apkiln.package` names, where it is set. */
class OtherPackageRunner(test: Class<*>) : RobolectricTestRunner(test) {
    override fun getBuildSystemApiProperties(): Properties? = super.getBuildSystemApiProperties()?.apply {
        System.getProperty("apkiln.package")?.let { setProperty("android_resource_apk", it) }
    }
}
