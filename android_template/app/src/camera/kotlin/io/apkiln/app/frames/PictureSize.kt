package io.apkiln.app.frames

import io.apkiln.app.model.Follows
import io.apkiln.app.model.ModelContract
import kotlin.math.abs
import kotlin.math.ln

/** Width and height of a camera's pictures, in pixels as the sensor lies. */
data class PictureSize(val width: Int, val height: Int) {
    internal val shorter get() = minOf(width, height)
    internal val longer get() = maxOf(width, height)

    /** How badly this suits models that want [shorterSide]: too small weighs three times as much as too large. */
    private fun cost(shorterSide: Int): Double {
        val size = ln(shorter.toDouble() / shorterSide)
        val aspect = ln(longer.toDouble() / shorter / ASPECT)
        return (if (size >= 0) size else -SMALL_WEIGHT * size) + ASPECT_WEIGHT * abs(aspect)
    }

    companion object {
        /** The usual aspect ratio of a sensor: others are cropped from it, and show less. */
        private const val ASPECT = 4.0 / 3
        private const val ASPECT_WEIGHT = 2
        private const val SMALL_WEIGHT = 3
        private const val LEAST = 480
        private const val MOST = 1080

        /** The one of [sizes] that suits best; null if there is none. */
        fun best(sizes: List<PictureSize>, shorterSide: Int): PictureSize? =
            sizes.filter { it.shorter > 0 }.minByOrNull { it.cost(shorterSide) }

        /**
         * The shorter side that a chain of models wants: twice the longer side of the input of a model that sees the whole
         * picture, four times that of one that sees a box in it, another model's or its own. Cameras list few sizes below 480;
         * above 1080 takes time without any gain.
         */
        fun wantedSide(contracts: List<ModelContract>): Int =
            contracts.maxOf { contract ->
                val size = InputSize.of(contract)
                maxOf(size.width, size.height) * if (contract.cropsToBox) 4 else 2
            }.coerceIn(LEAST, MOST)

        private val ModelContract.cropsToBox get() = cropPolicy.run { follows == Follows.BOX || zoomMargin > 0f }
    }
}
