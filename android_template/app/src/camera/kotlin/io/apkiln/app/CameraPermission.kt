package io.apkiln.app

import android.Manifest
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.provider.Settings
import android.util.Log
import android.view.View
import android.widget.TextView
import androidx.activity.result.contract.ActivityResultContracts
import androidx.appcompat.app.AppCompatActivity
import androidx.core.content.ContextCompat
import androidx.core.view.isVisible

/** Requests the camera permission, and explains it on a panel until it is granted. Create it in onCreate, after the layout. */
class CameraPermission(private val activity: AppCompatActivity) {
    private val panel: View = activity.findViewById(R.id.permission_panel)
    private val bottomRow: View = activity.findViewById(R.id.bottom_row)
    private val text: TextView = activity.findViewById(R.id.permission_text)
    private val askButton: View = activity.findViewById(R.id.permission_ask)
    private val settingsButton: View = activity.findViewById(R.id.permission_settings)
    private val refusals by lazy { Refusals(activity) }
    private val question =
        activity.registerForActivityResult(ActivityResultContracts.RequestPermission()) { onAnswer(it) }

    val granted: Boolean
        get() = ContextCompat.checkSelfPermission(activity, PERMISSION) == PackageManager.PERMISSION_GRANTED

    init {
        askButton.setOnClickListener { ask() }
        settingsButton.setOnClickListener { openSettings() }
    }

    fun ask() = question.launch(PERMISSION)

    /** Shows the panel, or instead the row below the picture if the permission is granted. */
    fun refresh() {
        if (granted && panel.isVisible) {
            refusals.forget()
            offer(Refusals.Next.ASK)
        }
        panel.isVisible = !granted
        bottomRow.isVisible = granted
    }

    private fun onAnswer(allowed: Boolean) {
        if (!allowed) {
            val next = refusals.add(activity.shouldShowRequestPermissionRationale(PERMISSION))
            Log.w(LogTag.CAMERA, "the permission was not given: $next")
            offer(next)
        }
        refresh()
    }

    private fun offer(next: Refusals.Next) {
        text.setText(if (next.settings) R.string.permission_denied else R.string.permission_explanation)
        askButton.isVisible = next.ask
        settingsButton.isVisible = next.settings
    }

    private fun openSettings() {
        val here = Uri.fromParts("package", activity.packageName, null)
        activity.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, here))
    }

    private companion object {
        const val PERMISSION = Manifest.permission.CAMERA
    }
}
