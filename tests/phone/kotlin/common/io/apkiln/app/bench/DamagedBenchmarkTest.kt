package io.apkiln.app.bench

import android.content.Intent
import io.apkiln.app.OtherPackageRunner
import io.apkiln.app.preview.MachineApp
import io.apkiln.app.preview.awaitOnMain
import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** A benchmark of a model that is not the one the app was generated for. */
@RunWith(OtherPackageRunner::class)
@Config(sdk = [35], application = MachineApp::class)
class DamagedBenchmarkTest {
    @Test
    fun isTold() {
        val app = RuntimeEnvironment.getApplication()
        Robolectric.buildActivity(BenchmarkActivity::class.java, Intent(app, BenchmarkActivity::class.java)).setup()
        val file = checkNotNull(app.getExternalFilesDir("benchmark")).resolve("benchmark.json")
        awaitOnMain("the file") { file.exists() }
        file.copyTo(File(System.getProperty("apkiln.out")).resolve("damaged.json"))
    }
}
