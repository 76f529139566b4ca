package io.apkiln.app

import android.app.Activity
import android.app.Application
import android.os.Bundle
import io.apkiln.app.preview.awaitOnMain
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment
import org.robolectric.shadows.ShadowInstrumentation

/**
 * Destroys the activities that a test has started, and waits for their threads: what these post would run in the next test of
 * the same JVM, before its application is there.
 */
class EndedActivities : ExternalResource(), Application.ActivityLifecycleCallbacks {
    private enum class Stage { CREATED, STARTED, RESUMED }

    private val open = LinkedHashMap<Activity, Stage>()
    private var others = emptySet<Thread>()

    override fun before() {
        others = ownThreads()
        RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(this)
    }

    override fun after() {
        val system = ShadowInstrumentation.getInstrumentation()
        for ((activity, stage) in open.toList()) {
            if (stage == Stage.RESUMED) system.callActivityOnPause(activity)
            if (stage != Stage.CREATED) system.callActivityOnStop(activity)
            system.callActivityOnDestroy(activity)
        }
        awaitOnMain("the end of the activities' threads") { others.containsAll(ownThreads()) }
    }

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {
        open[activity] = Stage.CREATED
    }

    override fun onActivityStarted(activity: Activity) {
        open[activity] = Stage.STARTED
    }

    override fun onActivityResumed(activity: Activity) {
        open[activity] = Stage.RESUMED
    }

    override fun onActivityPaused(activity: Activity) {
        open[activity] = Stage.STARTED
    }

    override fun onActivityStopped(activity: Activity) {
        open[activity] = Stage.CREATED
    }

    override fun onActivityDestroyed(activity: Activity) {
        open -= activity
    }

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit
}
