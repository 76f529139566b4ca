package io.apkiln.app.overlay

import android.view.View
import com.airbnb.lottie.LottieAnimationView
import io.apkiln.app.model.FrameResult

/** Makes an animation follow a point of the results smoothly. [view] must have the same parent as [overlay]. */
class Follower(private val view: LottieAnimationView, private val overlay: View) {
    private val mapping = ViewMapping()
    private val x = OneEuroFilter(MIN_CUTOFF_HZ, BETA)
    private val y = OneEuroFilter(MIN_CUTOFF_HZ, BETA)

    /** Loads [asset], a Lottie file; nothing is shown if that fails. */
    fun load(asset: String) {
        view.setFailureListener { view.visibility = View.GONE }
        view.setAnimation(asset)
    }

    /** Moves to the anchor of [result], received at [nanos] (monotonic); hides if there is none. */
    fun show(result: FrameResult?, nanos: Long) {
        val anchor = result?.anchor
        if (anchor == null || overlay.width == 0 || overlay.height == 0) return hide()
        mapping.set(result.imageWidth, result.imageHeight, overlay.width, overlay.height)
        val side = maxOf(result.imageWidth, result.imageHeight)
        val imageX = (x.filter(anchor[0].toDouble() / side, nanos) * side).toFloat()
        val imageY = (y.filter(anchor[1].toDouble() / side, nanos) * side).toFloat()
        view.translationX = overlay.left + mapping.x(imageX) - view.width / 2f
        view.translationY = overlay.top + mapping.y(imageY) - view.height / 2f
        if (view.visibility == View.VISIBLE) return
        view.visibility = View.VISIBLE
        view.playAnimation()
    }

    private fun hide() {
        x.clear()
        y.clear()
        if (view.visibility != View.VISIBLE) return
        view.visibility = View.INVISIBLE
        view.pauseAnimation()
    }

    companion object {
        /** In the assets of apps in which a point is followed. */
        const val ANIMATION = "follow.json"

        /** For coordinates as shares of the picture: a resting finger trembles by a pixel or two, a moving one lags little. */
        const val MIN_CUTOFF_HZ = 1.2
        const val BETA = 8.0
    }
}
