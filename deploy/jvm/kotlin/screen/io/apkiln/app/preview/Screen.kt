package io.apkiln.app.preview

import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import android.view.View.MeasureSpec
import androidx.appcompat.app.AppCompatActivity
import androidx.core.graphics.Insets
import androidx.core.view.ViewCompat
import androidx.core.view.WindowInsetsCompat
import java.io.File

/** An activity's whole screen, as large as the display, with room for the system's bars. */
class Screen(private val activity: AppCompatActivity) {
    private val display = activity.resources.displayMetrics
    private val bar = (BAR_DP * display.density).toInt()

    fun layOut() {
        val screen = activity.window.decorView
        layOut(screen, MeasureSpec.EXACTLY)
        val bars = WindowInsetsCompat.Builder()
            .setInsets(WindowInsetsCompat.Type.statusBars(), Insets.of(0, bar, 0, 0))
            .setInsets(WindowInsetsCompat.Type.navigationBars(), Insets.of(0, 0, 0, bar))
            .build()
        ViewCompat.dispatchApplyWindowInsets(screen, bars)
    }

    /** Draws it into a PNG, with [sheet] over it at the bottom where there is one. */
    fun draw(file: File, sheet: Dialog? = null) {
        layOut()
        layOut() // what the bars moved
        val screen = activity.window.decorView
        val drawn = Bitmap.createBitmap(screen.width, screen.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(drawn)
        screen.draw(canvas)
        if (sheet != null) {
            canvas.drawColor(Color.argb((DIM * 255).toInt(), 0, 0, 0))
            val view = checkNotNull(sheet.window).decorView
            layOut(view, MeasureSpec.AT_MOST)
            canvas.translate(0f, (screen.height - view.height).toFloat())
            view.draw(canvas)
        }
        file.outputStream().use { drawn.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }

    private fun layOut(view: View, mode: Int) {
        val room = if (mode == MeasureSpec.EXACTLY) display.heightPixels else display.heightPixels - bar
        view.measure(
            MeasureSpec.makeMeasureSpec(display.widthPixels, MeasureSpec.EXACTLY),
            MeasureSpec.makeMeasureSpec(room, mode),
        )
        view.layout(0, 0, view.measuredWidth, view.measuredHeight)
    }

    private companion object {
        /** Height of the status bar, and of the one for gestures. */
        const val BAR_DP = 24

        /** How dark Android makes what lies behind a dialog. */
        const val DIM = 0.6f
    }
}
