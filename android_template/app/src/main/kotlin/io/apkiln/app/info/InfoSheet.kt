package io.apkiln.app.info

import android.app.Dialog
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.Gravity
import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.CheckBox
import androidx.appcompat.app.AppCompatDialogFragment
import androidx.fragment.app.FragmentManager
import io.apkiln.app.R

/** A sheet over the screen that shows the app's models, what they run on and why, and how fast, and lets the user change that. */
class InfoSheet : AppCompatDialogFragment() {
    private val handler = Handler(Looper.getMainLooper())
    private val refresh = Runnable { ask() }
    private var page: InfoPage? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setStyle(STYLE_NO_TITLE, R.style.Theme_App_Sheet)
    }

    override fun onCreateDialog(savedInstanceState: Bundle?): Dialog = super.onCreateDialog(savedInstanceState).apply {
        window?.setGravity(Gravity.BOTTOM)
    }

    override fun onCreateView(inflater: LayoutInflater, container: ViewGroup?, savedInstanceState: Bundle?): View {
        val view = inflater.inflate(R.layout.info_sheet, container, false)
        val source = requireActivity() as InfoSource
        page = InfoPage(view, source::chooseDelegate)
        showPointsChoice(view.findViewById(R.id.info_all_points), source)
        view.findViewById<View>(R.id.info_close).setOnClickListener { dismiss() }
        view.findViewById<View>(R.id.info_measure).setOnClickListener { source.measureAgain() }
        return view
    }

    private fun showPointsChoice(box: CheckBox, source: InfoSource) {
        val all = source.allPoints ?: return
        box.visibility = View.VISIBLE
        box.isChecked = all
        box.setOnCheckedChangeListener { _, checked -> source.allPoints = checked }
    }

    override fun onStart() {
        super.onStart()
        dialog?.window?.setLayout(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        ask()
    }

    override fun onStop() {
        handler.removeCallbacks(refresh)
        super.onStop()
    }

    override fun onDestroyView() {
        page = null
        super.onDestroyView()
    }

    private fun ask() {
        (activity as? InfoSource)?.askInfo { page?.show(it) }
        handler.postDelayed(refresh, REFRESH_MS)
    }

    companion object {
        private const val TAG = "info"
        private const val REFRESH_MS = 1000L

        /** Shows the sheet, unless it is shown already or the activity is stopping. */
        fun show(manager: FragmentManager) {
            if (manager.isStateSaved || manager.findFragmentByTag(TAG) != null) return
            InfoSheet().show(manager, TAG)
        }
    }
}
