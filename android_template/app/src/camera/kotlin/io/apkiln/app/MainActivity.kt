package io.apkiln.app

import android.graphics.SurfaceTexture
import android.hardware.display.DisplayManager
import android.os.Bundle
import android.view.Surface
import android.view.TextureView
import android.view.View
import android.widget.ImageButton
import androidx.appcompat.app.AppCompatActivity
import androidx.lifecycle.ViewModelProvider
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import io.apkiln.app.camera.AutofitTextureView
import io.apkiln.app.camera.CameraControl
import io.apkiln.app.frames.PictureSize
import io.apkiln.app.info.Info
import io.apkiln.app.info.InfoSheet
import io.apkiln.app.info.InfoSource
import io.apkiln.app.model.FrameResult
import io.apkiln.app.model.ModelContracts
import io.apkiln.app.tuning.Candidate
import io.apkiln.app.tuning.DelegateState

/** Connects camera, models and overlay; the camera runs while the activity is resumed. */
class MainActivity : AppCompatActivity(), Analyzer.Listener, CameraControl.Listener, InfoSource,
    TextureView.SurfaceTextureListener, DisplayManager.DisplayListener {
    val analyzer by lazy {
        ViewModelProvider(this, viewModelFactory { initializer { Analyzer(applicationContext) } })[Analyzer::class.java]
    }
    private lateinit var preview: AutofitTextureView
    private lateinit var switchCamera: ImageButton
    private lateinit var permission: CameraPermission
    private lateinit var camera: CameraControl
    private lateinit var screen: ResultScreen
    private val displays by lazy { getSystemService(DISPLAY_SERVICE) as DisplayManager }
    private var resumed = false
    private var cameraFailed = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        preview = findViewById(R.id.preview)
        switchCamera = findViewById(R.id.switch_camera)
        screen = ResultScreen(this)
        allPoints = savedInstanceState?.getBoolean(ALL_POINTS) == true
        drawBehindSystemBars(findViewById(R.id.safe_area), darkBehind = true, screen.overlay)
        permission = CameraPermission(this)
        analyzer.attach(this)
        val front = savedInstanceState?.getBoolean(FRONT) ?: (ModelContracts.CAMERA == FRONT)
        val side = PictureSize.wantedSide(ModelContracts.all)
        camera = CameraControl(applicationContext, side, front, analyzer.handler, analyzer::analyze, this)
        preview.surfaceTextureListener = this
        switchCamera.setOnClickListener { turnAround() }
        findViewById<View>(R.id.show_info).setOnClickListener { InfoSheet.show(supportFragmentManager) }
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
        camera.stop()
        super.onPause()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putBoolean(FRONT, camera.front)
        outState.putBoolean(ALL_POINTS, allPoints == true)
    }

    override fun onDestroy() {
        camera.release()
        analyzer.detach(this)
        super.onDestroy()
    }

    /** Starts once permission, texture and activity are ready, in whatever order. */
    private fun startCamera() {
        val texture = preview.surfaceTexture
        if (!resumed || !permission.granted || texture == null || !preview.isAvailable) return
        if (cameraFailed) screen.showNothing(getString(R.string.status_starting))
        cameraFailed = false
        camera.start(texture)
    }

    private fun turnAround() {
        camera.front = !camera.front
        screen.showNothing(getString(R.string.status_starting))
        startCamera()
    }

    /** Rotates preview and frames with the display. */
    private fun turn() {
        val rotation = preview.display?.rotation ?: Surface.ROTATION_0
        val choice = camera.turn(rotation) ?: return
        val upright = choice.uprightSize(rotation)
        preview.bufferSize = choice.previewSize
        preview.setPicture(upright.width, upright.height, rotation)
    }

    override fun onCameraStarts(front: Boolean, canSwitch: Boolean) {
        camera.front = front
        switchCamera.visibility = if (canSwitch) View.VISIBLE else View.GONE
        switchCamera.contentDescription = getString(if (front) R.string.switch_to_back else R.string.switch_to_front)
        turn()
    }

    override fun onCameraFailed(text: Int) {
        cameraFailed = true
        screen.showNothing(getString(text))
    }

    override fun onCameraRuns() {
        if (cameraFailed) screen.showNothing(getString(R.string.status_starting))
        cameraFailed = false
    }

    override fun onResult(result: FrameResult, framesPerSecond: Float, states: Map<String, DelegateState>) {
        if (resumed && !cameraFailed) screen.show(result, framesPerSecond, states)
    }

    override fun onTrying(candidate: Candidate) {
        if (!cameraFailed) screen.showStatus(getString(R.string.status_measuring, candidateText(resources, candidate)))
    }

    override fun onStuck(candidate: Candidate) = screen.showStatus(stuckText(resources, candidate))

    override fun onFrameFailed(message: String) {
        if (!cameraFailed) screen.showNothing(getString(R.string.frame_failed, message))
    }

    override fun onModelFailed(message: String) = screen.showFailure(message)

    override fun askInfo(answer: (Info) -> Unit) = analyzer.ask(answer)

    override fun chooseDelegate(key: String) {
        screen.clearFailure()
        analyzer.choose(key)
    }

    override fun measureAgain() {
        screen.clearFailure()
        analyzer.measureAgain()
    }

    override var allPoints: Boolean?
        get() = screen.allPoints
        set(value) {
            screen.allPoints = value
        }

    override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = startCamera()

    override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit

    override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
        camera.stop()
        return true
    }

    override fun onDisplayChanged(displayId: Int) = turn()

    override fun onDisplayAdded(displayId: Int) = Unit

    override fun onDisplayRemoved(displayId: Int) = Unit

    private companion object {
        const val FRONT = "front"
        const val ALL_POINTS = "all-points"
    }
}
