package io.apkiln.app

import android.app.Activity
import android.os.SystemClock
import android.view.View
import android.widget.TextView
import com.airbnb.lottie.LottieAnimationView
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.overlay.DrawView
import io.apkiln.app.overlay.Follower
import io.apkiln.app.tuning.DelegateState

/** What is shown over the preview: the results, an animation where there are none, another at a fingertip, and a line of text. */
class ResultScreen(private val activity: Activity) {
    val overlay: DrawView = activity.findViewById(R.id.overlay)
    private val searching: LottieAnimationView = activity.findViewById(R.id.searching)
    private val status: TextView = activity.findViewById(R.id.status)
    private val follower = makeFollower()
    private var failure: String? = null
    private var framesWithout = 0

    fun show(result: FrameResult, framesPerSecond: Float, states: Map<String, DelegateState>) {
        val resources = activity.resources
        say(statusText(resources, states))
        val now = SystemClock.elapsedRealtimeNanos()
        overlay.show(result, resources.getString(R.string.speed, result.modelMs, framesPerSecond), now)
        follower?.show(result, now)
        framesWithout = if (result.found || result.guess != null) 0 else framesWithout + 1
        showSearching(framesWithout >= FRAMES_UNTIL_SEARCHING)
    }

    /** Takes all results away and says [text]. */
    fun showNothing(text: String) {
        overlay.show(null, "", SystemClock.elapsedRealtimeNanos())
        follower?.show(null, 0)
        showSearching(false)
        say(text)
    }

    /** As [showNothing]; [text] stays the last word until [forgive]. */
    fun showFailure(text: String) {
        failure = text
        showNothing(text)
    }

    fun forgive() {
        failure = null
    }

    fun say(text: String) {
        val shown = failure ?: text
        if (status.text.toString() != shown) status.text = shown
    }

    private fun showSearching(show: Boolean) {
        if (show == (searching.visibility == View.VISIBLE)) return
        searching.visibility = if (show) View.VISIBLE else View.GONE
        if (show) searching.playAnimation() else searching.cancelAnimation()
    }

    private fun makeFollower(): Follower? {
        val asset = ModelContracts.ANIMATION
        if (asset.isEmpty()) return null
        return Follower(activity.findViewById(R.id.follower), overlay).apply { load(asset) }
    }

    private companion object {
        const val FRAMES_UNTIL_SEARCHING = 10
    }
}
