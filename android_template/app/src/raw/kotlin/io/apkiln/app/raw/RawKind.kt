package io.apkiln.app.raw

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.ModelContract
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.task.PictureKind
import java.util.Locale

/** A model whose outputs are shown as they are: name, shape, range, histogram, largest values. */
object RawKind : PictureKind<RawAnswer> {
    override fun decoder(contract: ModelContract) = RawDecoder(contract)

    override fun draw(answer: RawAnswer, overlay: Overlay) = RawPanel(overlay).draw(answer)

    override fun words(answer: RawAnswer, resources: Resources): String =
        answer.outputs.joinToString { "${it.tensor.name}: ${it.range(resources)}" }
}

/** From the lowest to the highest value. */
internal fun OutputFigures.range(resources: Resources): String =
    if (strange == size) {
        resources.getString(R.string.raw_no_number)
    } else {
        resources.getString(R.string.raw_range, number(lowest), number(highest))
    }

/** The largest values with their labels, or with their places where not every value has one. */
internal fun OutputFigures.largest(resources: Resources): String = (0 until topCount).joinToString("  ·  ") { place ->
    val name = if (tensor.labels.size == size) tensor.labels[top[place]] else "[${top[place]}]"
    resources.getString(R.string.raw_value, name, number(topValues[place]))
}

/** Four digits, as people write them where that is short. */
internal fun number(value: Float): String = String.format(Locale.ROOT, "%.4g", value).let {
    if ('e' in it || '.' !in it) it else it.trimEnd('0').trimEnd('.')
}
