package io.apkiln.app.settings

import android.view.ContextThemeWrapper
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import io.apkiln.app.GpuApp
import io.apkiln.app.R
import io.apkiln.app.info.Info
import io.apkiln.app.info.InfoPage
import io.apkiln.app.info.ModelInfo
import io.apkiln.app.model.ModelContracts
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** The sheet says so where the app was built with a library that has no GPU, or does not list the phone's, and only there. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = GpuApp::class)
class NoGpuTest {
    private val context = ContextThemeWrapper(RuntimeEnvironment.getApplication(), R.style.Theme_App)

    private fun texts(view: View): List<String> = when (view) {
        is TextView -> listOf(view.text.toString())
        is ViewGroup -> (0 until view.childCount).flatMap { texts(view.getChildAt(it)) }
        else -> emptyList()
    }

    private fun told(text: Int, isWithoutGpu: Boolean, isGpuListed: Boolean?): Boolean {
        val model = ModelInfo(ModelContracts.all.first(), null, 0.0, null)
        val sheet = View.inflate(context, R.layout.info_sheet, null)
        InfoPage(sheet) {}.show(Info(listOf(model), null, "auto", listOf("auto", "cpu1"), isWithoutGpu, isGpuListed))
        return context.getString(text) in texts(sheet)
    }

    @Test
    fun told() {
        assertEquals(true, told(R.string.info_no_gpu, isWithoutGpu = true, isGpuListed = null))
        assertEquals(false, told(R.string.info_no_gpu, isWithoutGpu = false, isGpuListed = null))
        for (isListed in listOf(true, false, null)) {
            assertEquals(isListed == false, told(R.string.info_gpu_unlisted, isWithoutGpu = false, isGpuListed = isListed))
        }
    }
}
