package io.apkiln.app.mask

import android.content.res.Resources
import io.apkiln.app.R
import io.apkiln.app.model.ModelContract
import io.apkiln.app.overlay.Overlay
import io.apkiln.app.overlay.percent
import io.apkiln.app.task.PictureKind

/** The part of a picture that is what is looked for, or which class each part is. */
object MaskKind : PictureKind<MaskAnswer> {
    private const val SPOKEN = 3
    private val drawing by lazy { MaskDrawing() }

    override fun decoder(contract: ModelContract) = MaskDecoder(contract)

    override fun draw(answer: MaskAnswer, overlay: Overlay) = drawing.draw(answer, overlay)

    /** The largest classes with the share of the picture that they cover: "person 31 %, chair 4 %". */
    override fun words(answer: MaskAnswer, resources: Resources): String? =
        answer.largest(SPOKEN).takeIf { it.isNotEmpty() }
            ?.joinToString { resources.getString(R.string.mask_share, answer.name(it, resources), percent(answer.shares[it])) }
}

/** The classes that cover a hundredth of the picture or more, without the background, the largest first, [most] at most. */
internal fun MaskAnswer.largest(most: Int): List<Int> =
    (1 until classCount).filter { percent(shares[it]) > 0 }.sortedByDescending { shares[it] }.take(most)

/** What class [kind] is called. */
internal fun MaskAnswer.name(kind: Int, resources: Resources): String =
    label(kind) ?: if (classCount == 2) resources.getString(R.string.mask_unnamed) else resources.getString(R.string.mask_class, kind)
