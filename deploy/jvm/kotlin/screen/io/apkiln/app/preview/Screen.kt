package io.apkiln.app.preview

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View.MeasureSpec
import androidx.core.graphics.Insets
import androidx.core.view.ViewCompat
import androidx.core.view.WindowInsetsCompat
import java.io.File

/** An activity's whole screen, as large as the display, with room for the system's bars. */
class Screen(private val activity: Activity) {
    fun layOut() {
        val screen = activity.window.decorView
        val (width, height) = activity.resources.displayMetrics.run { widthPixels to heightPixels }
        screen.measure(
            MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY),
            MeasureSpec.makeMeasureSpec(height, MeasureSpec.EXACTLY),
        )
        screen.layout(0, 0, width, height)
        val bar = (BAR_DP * activity.resources.displayMetrics.density).toInt()
        val bars = WindowInsetsCompat.Builder()
            .setInsets(WindowInsetsCompat.Type.statusBars(), Insets.of(0, bar, 0, 0))
            .setInsets(WindowInsetsCompat.Type.navigationBars(), Insets.of(0, 0, 0, bar))
            .build()
        ViewCompat.dispatchApplyWindowInsets(screen, bars)
    }

    /** Draws it into a PNG. */
    fun draw(file: File) {
        layOut()
        layOut() // what the bars moved
        val screen = activity.window.decorView
        val drawn = Bitmap.createBitmap(screen.width, screen.height, Bitmap.Config.ARGB_8888)
        screen.draw(Canvas(drawn))
        file.outputStream().use { drawn.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }

    private companion object {
        /** Height of the status bar, and of the one for gestures. */
        const val BAR_DP = 24
    }
}
