package io.apkiln.app.bench

import android.content.Intent
import io.apkiln.app.preview.MachineApp
import io.apkiln.app.preview.MachineTestRunner
import io.apkiln.app.preview.awaitOnMain
import java.io.File
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Benchmarks on the phone's own library, whose log tells what its delegates took. */
@RunWith(MachineTestRunner::class)
@Config(sdk = [35], application = MachineApp::class)
class PhoneLibraryBenchmarkTest {
    private fun measure(delegate: String) {
        val app = RuntimeEnvironment.getApplication()
        val intent = Intent(app, BenchmarkActivity::class.java)
            .putExtra("name", delegate).putExtra("delegate", delegate).putExtra("warmup_runs", 1).putExtra("num_runs", 5)
        Robolectric.buildActivity(BenchmarkActivity::class.java, intent).setup()
        val file = checkNotNull(app.getExternalFilesDir("benchmark")).resolve("$delegate.json")
        awaitOnMain(file.name) { file.exists() }
        file.copyTo(File(System.getProperty("apkiln.out")).resolve("phone-$delegate.json"))
    }

    @Test
    fun cpu() = measure("cpu")

    @Test
    fun gpu() = measure("gpu")
}
