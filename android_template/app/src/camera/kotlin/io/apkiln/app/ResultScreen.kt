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

/** Everything over the preview: results, an animation while there are none, one that follows a point, a line of text. */
class ResultScreen(private val activity: Activity) {
    val overlay: DrawView = activity.findViewById(R.id.overlay)

    /** See [io.apkiln.app.info.InfoSource.allPoints]. */
    var allPoints: Boolean?
        get() = if (ModelContracts.all.any { it.shown.isNotEmpty() }) overlay.showsAllPoints else null
        set(value) {
            overlay.showsAllPoints = value == true
        }

    private val searching: LottieAnimationView = activity.findViewById(R.id.searching)
    private val status: TextView = activity.findViewById(R.id.status)
    private val follower = makeFollower()
    private var failure: String? = null
    private var emptyFrames = 0

    fun show(result: FrameResult, framesPerSecond: Float, states: Map<String, DelegateState>) {
        val resources = activity.resources
        showStatus(statusText(resources, states))
        val now = SystemClock.elapsedRealtimeNanos()
        overlay.show(result, resources.getString(R.string.speed, result.modelMs, framesPerSecond), now)
        follower?.show(result, now)
        emptyFrames = if (result.isEmpty) emptyFrames + 1 else 0
        showSearching(emptyFrames >= FRAMES_UNTIL_SEARCHING)
    }

    /** Clears all results, and shows [text] on the status line. */
    fun showNothing(text: String) {
        overlay.show(null, "", SystemClock.elapsedRealtimeNanos())
        follower?.show(null, 0)
        showSearching(false)
        showStatus(text)
    }

    /** As [showNothing]; [text] stays until [clearFailure]. */
    fun showFailure(text: String) {
        failure = text
        showNothing(text)
    }

    fun clearFailure() {
        failure = null
    }

    fun showStatus(text: String) {
        val newest = failure ?: text
        if (status.text.toString() != newest) status.text = newest
    }

    private fun showSearching(show: Boolean) {
        if (show == (searching.visibility == View.VISIBLE)) return
        searching.visibility = if (show) View.VISIBLE else View.GONE
        if (show) searching.playAnimation() else searching.cancelAnimation()
    }

    private fun makeFollower(): Follower? {
        val asset = ModelContracts.all.firstNotNullOfOrNull { ModelContracts.kind(it).animation(it) } ?: return null
        return Follower(activity.findViewById(R.id.follower), overlay).apply { load(asset) }
    }

    private companion object {
        const val FRAMES_UNTIL_SEARCHING = 10
    }
}
