package io.apkiln.app.preview

import android.os.Looper
import java.time.Duration
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock

/** Waits for what other threads are to bring to the main thread, whose messages it lets pass; the app's clock stands. */
fun awaitOnMain(what: String, seconds: Long = 60, condition: () -> Boolean) {
    val until = System.nanoTime() + seconds * 1_000_000_000
    while (!condition()) {
        shadowOf(Looper.getMainLooper()).idle()
        check(System.nanoTime() < until) { "$what did not happen in $seconds s" }
        Thread.sleep(2)
    }
}

/** Lets [millis] pass on the app's clock. */
fun pass(millis: Long) = ShadowSystemClock.advanceBy(Duration.ofMillis(millis))
