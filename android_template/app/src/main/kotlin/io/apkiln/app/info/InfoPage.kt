package io.apkiln.app.info

import android.view.LayoutInflater
import android.view.View
import android.view.ViewGroup
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.RadioGroup
import android.widget.TextView
import io.apkiln.app.R
import io.apkiln.app.accelerationText
import io.apkiln.app.candidateText
import io.apkiln.app.causeText
import io.apkiln.app.model.Quantization
import io.apkiln.app.settings.DelegateSettings
import io.apkiln.app.trialText
import io.apkiln.app.tuning.Acceleration
import io.apkiln.app.tuning.Candidate

/** The content of the info sheet. Rows are created once and updated each time. */
class InfoPage(view: View, private val onChoice: (String) -> Unit) {
    private val resources = view.resources
    private val inflater = LayoutInflater.from(view.context)
    private val rows: LinearLayout = view.findViewById(R.id.info_rows)
    private val group: RadioGroup = view.findViewById(R.id.info_choices)
    private val stacked = resources.configuration.fontScale >= LARGE_FONT
    private var filling = false
    private var next = 0

    fun show(info: Info) {
        next = 0
        info.models.forEach(::showModel)
        info.framesPerSecond?.let { row(R.string.info_rate, resources.getString(R.string.info_rate_value, it)) }
        if (info.isWithoutGpu) row(R.string.delegate_gpu, resources.getString(R.string.info_no_gpu))
        if (info.isGpuListed == false) row(R.string.delegate_gpu, resources.getString(R.string.info_gpu_unlisted))
        while (rows.childCount > next) rows.removeViewAt(next)
        showChoices(info)
    }

    private fun showModel(model: ModelInfo) {
        val contract = model.contract
        heading(contract.name)
        val shape = contract.input.shape.drop(1).joinToString(" × ")
        row(R.string.info_input, resources.getString(R.string.info_input_value, shape, contract.input.dtype.name.lowercase()))
        if (contract.credit.isNotEmpty()) row(R.string.info_credit, contract.credit)
        contract.quantization?.let { row(R.string.info_quantization, quantization(it)) }
        val state = model.state
        if (state == null) {
            row(R.string.info_delegate, resources.getString(R.string.info_not_yet))
            return
        }
        row(R.string.info_delegate, candidateText(resources, state.candidate))
        row(R.string.info_cause, causeText(resources, state))
        Acceleration.of(state.trials)?.let { row(R.string.info_acceleration, accelerationText(resources, it)) }
        if (state.trials.isNotEmpty()) {
            row(R.string.info_trials, state.trials.joinToString("\n") { trialText(resources, it) })
        }
        row(R.string.info_start, resources.getString(R.string.info_start_value, model.startMs))
        val times = model.times ?: return
        row(R.string.info_run, resources.getString(R.string.info_run_value, times.medianMs, times.p95Ms))
    }

    private fun quantization(quantization: Quantization): String = when (quantization) {
        Quantization.MIXED -> resources.getString(R.string.quantization_mixed)
        Quantization.INT16X8 -> resources.getString(R.string.quantization_int16x8)
        Quantization.INT8_FLOAT_IO -> resources.getString(R.string.quantization_int8_float_io)
        Quantization.INT8 -> resources.getString(R.string.quantization_int8)
        Quantization.DYNAMIC -> resources.getString(R.string.quantization_dynamic)
        Quantization.FLOAT16 -> resources.getString(R.string.quantization_float16)
        Quantization.FLOAT32 -> resources.getString(R.string.quantization_none)
    }

    private fun showChoices(info: Info) {
        filling = true
        if (group.childCount != info.choices.size) {
            group.removeAllViews()
            info.choices.forEachIndexed(::addChoice)
        }
        val chosen = info.choices.indexOf(info.choice) + 1
        if (group.checkedRadioButtonId != chosen) {
            group.check(chosen)
            group.jumpDrawablesToCurrentState()
        }
        filling = false
    }

    private fun addChoice(index: Int, key: String) {
        val button = inflater.inflate(R.layout.info_choice, group, false) as RadioButton
        button.id = index + 1 // 0 is none
        button.text = choiceText(key)
        button.setOnCheckedChangeListener { _, checked -> if (checked && !filling) onChoice(key) }
        group.addView(button)
    }

    private fun choiceText(key: String): String =
        if (key == DelegateSettings.AUTOMATIC) {
            resources.getString(R.string.delegate_auto)
        } else {
            candidateText(resources, checkNotNull(Candidate.of(key)) { "no choice $key" })
        }

    private fun heading(text: String) {
        val view = fitting(R.layout.info_heading) as TextView
        if (view.text.toString() != text) view.text = text
    }

    private fun row(label: Int, value: String) {
        val view = fitting(R.layout.info_row) as LinearLayout
        view.findViewById<TextView>(R.id.info_label).setText(label)
        view.findViewById<TextView>(R.id.info_value).run { if (text.toString() != value) text = value }
    }

    /** The next row: the existing one if it has this layout. */
    private fun fitting(layout: Int): View {
        val old = rows.getChildAt(next)
        if (old != null && old.tag == layout) return old.also { next++ }
        if (old != null) rows.removeViewAt(next)
        val view = inflater.inflate(layout, rows, false)
        view.tag = layout
        if (stacked && layout == R.layout.info_row) stack(view as LinearLayout)
        rows.addView(view, next++)
        return view
    }

    /** Large letters need the whole width: the value goes below its label. */
    private fun stack(row: LinearLayout) {
        row.orientation = LinearLayout.VERTICAL
        for (index in 0 until row.childCount) {
            row.getChildAt(index).layoutParams.width = ViewGroup.LayoutParams.MATCH_PARENT
        }
    }

    private companion object {
        const val LARGE_FONT = 1.3f
    }
}
