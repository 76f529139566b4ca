package io.apkiln.app

import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraManager
import android.hardware.display.DisplayManager
import android.os.Bundle
import android.view.Surface
import android.view.TextureView
import android.view.View
import android.widget.TextView
import androidx.appcompat.app.AppCompatActivity
import androidx.core.view.ViewCompat
import androidx.core.view.WindowCompat
import androidx.core.view.WindowInsetsCompat
import androidx.core.view.updatePadding
import com.airbnb.lottie.LottieAnimationView
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.camera.CameraChoice
import io.apkiln.app.camera.CameraSource
import io.apkiln.app.model.DelegateState
import io.apkiln.app.model.FrameResult
import io.apkiln.app.overlay.DrawView

/** Wires camera, models and overlay together; the camera runs while the activity is resumed. */
class MainActivity : AppCompatActivity(), Analyzer.Listener, TextureView.SurfaceTextureListener,
    DisplayManager.DisplayListener {
    private lateinit var preview: AutofitTextureView
    private lateinit var overlay: DrawView
    private lateinit var searching: LottieAnimationView
    private lateinit var status: TextView
    private lateinit var permission: CameraPermission
    private lateinit var analyzer: Analyzer
    private val displays by lazy { getSystemService(DISPLAY_SERVICE) as DisplayManager }
    private var choice: CameraChoice? = null
    private var camera: CameraSource? = null
    private var resumed = false
    private var modelFailed = false
    private var cameraFailed = false
    private var framesWithout = 0

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        preview = findViewById(R.id.preview)
        overlay = findViewById(R.id.overlay)
        searching = findViewById(R.id.searching)
        status = findViewById(R.id.status)
        drawBehindSystemBars()
        permission = CameraPermission(this)
        analyzer = Analyzer(applicationContext, this)
        preview.surfaceTextureListener = this
        if (savedInstanceState == null && !permission.granted) permission.ask()
    }

    override fun onResume() {
        super.onResume()
        resumed = true
        displays.registerDisplayListener(this, null)
        permission.refresh()
        startCamera()
    }

    override fun onPause() {
        resumed = false
        displays.unregisterDisplayListener(this)
        camera?.stop()
        super.onPause()
    }

    override fun onDestroy() {
        camera?.release(analyzer::close) ?: analyzer.close()
        super.onDestroy()
    }

    /** Once permission, texture and the activity itself are ready, in whatever order. */
    private fun startCamera() {
        val texture = preview.surfaceTexture
        if (!resumed || !permission.granted || texture == null || !preview.isAvailable) return
        val source = camera ?: makeCamera() ?: return
        cameraFailed = false
        turn()
        source.start(texture)
    }

    private fun makeCamera(): CameraSource? {
        val found = try {
            CameraChoice.find(getSystemService(CAMERA_SERVICE) as CameraManager)
        } catch (_: CameraAccessException) {
            say(getString(R.string.camera_failed))
            return null
        }
        if (found == null) {
            say(getString(R.string.camera_none))
            return null
        }
        choice = found
        return CameraSource(applicationContext, found, analyzer.handler, analyzer::analyze) { text ->
            runOnUiThread { onCameraFailed(text) }
        }.also { camera = it }
    }

    /** Turns preview and frames as the display is turned. */
    private fun turn() {
        val rotation = preview.display?.rotation ?: Surface.ROTATION_0
        val size = choice?.uprightSize(rotation) ?: return
        camera?.displayRotation = rotation
        preview.setPicture(size.width, size.height, rotation)
    }

    private fun onCameraFailed(text: Int) {
        cameraFailed = true
        overlay.show(null, "")
        showSearching(false)
        say(getString(text))
    }

    override fun onResult(result: FrameResult, framesPerSecond: Float, states: Set<DelegateState>) {
        if (!resumed || cameraFailed) return
        say(statusText(resources, states))
        overlay.show(result, getString(R.string.speed, result.modelMs, framesPerSecond))
        framesWithout = if (result.found || result.guess != null) 0 else framesWithout + 1
        showSearching(framesWithout >= FRAMES_UNTIL_SEARCHING)
    }

    override fun onModelFailed(message: String) {
        modelFailed = true
        overlay.show(null, "")
        showSearching(false)
        status.text = getString(R.string.status_model_failed, message)
    }

    /** A model that failed stays the last word. */
    private fun say(text: String) {
        if (!modelFailed && status.text.toString() != text) status.text = text
    }

    private fun showSearching(show: Boolean) {
        if (show == (searching.visibility == View.VISIBLE)) return
        searching.visibility = if (show) View.VISIBLE else View.GONE
        if (show) searching.playAnimation() else searching.cancelAnimation()
    }

    /** The picture takes the whole window; what is to be read keeps clear of bars and cutouts. */
    private fun drawBehindSystemBars() {
        WindowCompat.setDecorFitsSystemWindows(window, false)
        WindowCompat.getInsetsController(window, preview).apply {
            isAppearanceLightStatusBars = false
            isAppearanceLightNavigationBars = false
        }
        val safeArea = findViewById<View>(R.id.safe_area)
        val space = safeArea.paddingTop
        ViewCompat.setOnApplyWindowInsetsListener(safeArea) { view, insets ->
            val bars = insets.getInsets(WindowInsetsCompat.Type.systemBars() or WindowInsetsCompat.Type.displayCutout())
            view.updatePadding(bars.left + space, bars.top + space, bars.right + space, bars.bottom + space)
            overlay.updatePadding(bars.left, bars.top, bars.right, bars.bottom)
            insets
        }
    }

    override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = startCamera()

    override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit

    override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
        camera?.stop()
        return true
    }

    override fun onDisplayChanged(displayId: Int) = turn()

    override fun onDisplayAdded(displayId: Int) = Unit

    override fun onDisplayRemoved(displayId: Int) = Unit

    private companion object {
        const val FRAMES_UNTIL_SEARCHING = 10
    }
}
