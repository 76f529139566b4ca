package io.apkiln.app

import android.app.Activity
import android.content.res.Configuration
import android.view.View
import androidx.core.view.ViewCompat
import androidx.core.view.WindowCompat
import androidx.core.view.WindowInsetsCompat
import androidx.core.view.updatePadding

/**
 * Extends the window behind the system bars; [safeArea] and [padded] keep their content clear of bars and cutouts.
 *
 * [darkBehind]: what is behind the bars is dark in light mode too.
 */
fun Activity.drawBehindSystemBars(safeArea: View, darkBehind: Boolean, vararg padded: View) {
    WindowCompat.setDecorFitsSystemWindows(window, false)
    val mode = resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK
    val light = !darkBehind && mode != Configuration.UI_MODE_NIGHT_YES
    WindowCompat.getInsetsController(window, safeArea).apply {
        isAppearanceLightStatusBars = light
        isAppearanceLightNavigationBars = light
    }
    val space = safeArea.paddingTop
    ViewCompat.setOnApplyWindowInsetsListener(safeArea) { view, insets ->
        val bars = insets.getInsets(WindowInsetsCompat.Type.systemBars() or WindowInsetsCompat.Type.displayCutout())
        view.updatePadding(bars.left + space, bars.top + space, bars.right + space, bars.bottom + space)
        padded.forEach { it.updatePadding(bars.left, bars.top, bars.right, bars.bottom) }
        insets
    }
}
