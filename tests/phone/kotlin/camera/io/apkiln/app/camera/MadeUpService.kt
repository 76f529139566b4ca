package io.apkiln.app.camera

import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.SessionConfiguration
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.view.Surface
import android.view.TextureView
import java.lang.ref.WeakReference
import java.nio.ByteBuffer
import java.util.concurrent.Executor
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowCameraCaptureSessionImpl
import org.robolectric.shadows.ShadowCameraDeviceImpl
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowSurface
import org.robolectric.shadows.ShadowView
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter.from

/** When a camera can fail. */
enum class Moment { LISTING, ASKING, OPENING, ANSWERING, MAKING_SESSION, CONFIGURING, MAKING_REQUEST, REPEATING }

/** What then happens: something is thrown, or the service answers with [code], one of ERROR_*; [LOST] is a disconnection. */
class Fault(val moment: Moment, val thrown: Exception? = null, val code: Int = LOST) {
    override fun toString() = "$moment ${thrown ?: code}"

    companion object {
        const val LOST = 0
    }
}

/**
 * A camera service that is made up, behind Android's own classes; it counts what is open.
 *
 * As in AOSP, what is in use when a camera is opened is both thrown and told to the callback (CameraManager,
 * openCameraDeviceUserAsync), and a request for which a stream lacks a buffer is skipped for all of them (Camera3Device).
 */
object MadeUpService {
    /** Those to come, one an attempt to open a camera; then [always]. */
    val faults = ArrayDeque<Fault>()
    var always: Fault? = null

    /** How often a camera was asked for. */
    @Volatile
    var attempts = 0

    /** Whether cameras answer; those that don't are in [unanswered]. */
    @Volatile
    var answers = true
    val unanswered = ArrayList<() -> Unit>()

    /** The camera whose facts can't be had. */
    @Volatile
    var unreadable = ""

    val devices = HashSet<CameraDevice>()
    val readers = ArrayList<MadeUpReader>()
    val previews = ArrayList<Surface>()
    val watchers = HashSet<CameraManager.AvailabilityCallback>()

    /** The size of each preview's buffers when its stream was made, and how many pictures it got. */
    val previewSizes = ArrayList<Pair<Int, Int>>()

    @Volatile
    var shown = 0

    private var current: Fault? = null
    private var running: Running? = null

    private class Running(val device: CameraDevice, val callback: CameraDevice.StateCallback, val executor: Executor) {
        var reader: MadeUpReader? = null
        var repeating = false
    }

    @Synchronized
    fun reset() {
        faults.clear()
        always = null
        attempts = 0
        answers = true
        unreadable = ""
        shown = 0
        current = null
        running = null
        listOf(unanswered, readers, previews, previewSizes).forEach { it.clear() }
        devices.clear()
        watchers.clear()
    }

    /** What is open still, in words. */
    @Synchronized
    fun leaks(): List<String> = buildList {
        if (devices.isNotEmpty()) add("${devices.size} devices")
        readers.filter { it.open }.takeIf { it.isNotEmpty() }?.let { add("${it.size} readers") }
        readers.sumOf { it.acquired.size }.takeIf { it > 0 }?.let { add("$it images") }
        previews.filter { it.isValid }.takeIf { it.isNotEmpty() }?.let { add("${it.size} surfaces") }
    }

    /** The camera takes a picture, if one is running. */
    fun picture() {
        val reader = synchronized(this) {
            val to = running?.takeIf { it.repeating && it.device in devices } ?: return
            to.reader?.takeIf { it.fill() }?.also { shown++ } ?: return
        }
        reader.tell()
    }

    /** Something happens to the camera that runs, or that is being made to. */
    fun happens(code: Int) {
        val lost = synchronized(this) { running } ?: return
        tell(lost, code)
    }

    fun prioritiesChange(handler: Handler) {
        synchronized(this) { watchers.toList() }.forEach { handler.post(it::onCameraAccessPrioritiesChanged) }
    }

    fun becomesFree(id: String, handler: Handler) {
        synchronized(this) { watchers.toList() }.forEach { handler.post { it.onCameraAvailable(id) } }
    }

    internal fun begin() = synchronized(this) {
        attempts++
        current = faults.removeFirstOrNull() ?: always
    }

    internal fun at(moment: Moment): Fault? = synchronized(this) { current?.takeIf { it.moment == moment } }

    internal fun throwAt(moment: Moment) {
        at(moment)?.thrown?.let { throw it }
    }

    internal fun opened(device: CameraDevice, callback: CameraDevice.StateCallback, executor: Executor) {
        val next = Running(device, callback, executor)
        val fault = at(Moment.OPENING)
        synchronized(this) { running = next }
        if (fault != null) return tell(next, codeOf(checkNotNull(fault.thrown)))
        val answer = {
            executor.execute {
                val wrong = at(Moment.ANSWERING)
                if (wrong != null) {
                    call(next, wrong.code)
                } else {
                    synchronized(this) { devices += device }
                    callback.onOpened(device)
                }
            }
        }
        if (answers) answer() else synchronized(this) { unanswered += answer }
    }

    /** Makes its streams for [surfaces] as they are now. */
    internal fun configured(device: CameraDevice, surfaces: List<Surface>) = synchronized(this) {
        val made = running?.takeIf { it.device === device } ?: return
        made.reader = readers.single { it.surface in surfaces }
        val texture = (Shadow.extract<MadeUpSurface>(surfaces.single { it in previews })).texture as SizedTexture
        previewSizes += texture.size
    }

    internal fun repeats(device: CameraDevice) = synchronized(this) { running?.takeIf { it.device === device }?.repeating = true }

    internal fun closed(device: CameraDevice) = synchronized(this) { devices -= device }

    private fun tell(to: Running, code: Int) = to.executor.execute { call(to, code) }

    private fun call(to: Running, code: Int) =
        if (code == Fault.LOST) to.callback.onDisconnected(to.device) else to.callback.onError(to.device, code)

    private fun codeOf(error: Exception): Int = when ((error as? CameraAccessException)?.reason) {
        CameraAccessException.CAMERA_IN_USE -> CameraDevice.StateCallback.ERROR_CAMERA_IN_USE
        CameraAccessException.CAMERA_DISABLED -> CameraDevice.StateCallback.ERROR_CAMERA_DISABLED
        CameraAccessException.CAMERA_DISCONNECTED -> Fault.LOST
        else -> CameraDevice.StateCallback.ERROR_CAMERA_DEVICE
    }
}

/** A texture that knows the size of its buffers. */
class SizedTexture : SurfaceTexture(false) {
    @Volatile
    var size = 0 to 0

    override fun setDefaultBufferSize(width: Int, height: Int) {
        size = width to height
        super.setDefaultBufferSize(width, height)
    }
}

/** A view that draws no texture: there is no hardware to do it. */
@Implements(TextureView::class, looseSignatures = true)
class MadeUpView : ShadowView() {
    @Implementation
    fun getTextureLayer(): Any? = null
}

@Implements(CameraManager::class)
class MadeUpManager : ShadowCameraManager() {
    @Implementation
    override fun getCameraIdList(): Array<String> {
        MadeUpService.begin()
        MadeUpService.throwAt(Moment.LISTING)
        return super.getCameraIdList()
    }

    @Implementation
    override fun getCameraCharacteristics(cameraId: String): CameraCharacteristics {
        MadeUpService.throwAt(Moment.ASKING)
        require(cameraId != MadeUpService.unreadable) { "camera $cameraId is gone" }
        return super.getCameraCharacteristics(cameraId)
    }

    @Implementation
    override fun openCameraDeviceUserAsync(
        cameraId: String, callback: CameraDevice.StateCallback, executor: Executor, uid: Int, score: Int, rotation: Int,
    ): CameraDevice {
        val silent = Executor { }
        val device = super.openCameraDeviceUserAsync(cameraId, callback, silent, uid, score, rotation)
        MadeUpService.opened(device, callback, executor)
        MadeUpService.throwAt(Moment.OPENING)
        return device
    }

    @Implementation
    override fun registerAvailabilityCallback(callback: CameraManager.AvailabilityCallback, handler: Handler?) {
        super.registerAvailabilityCallback(callback, handler)
        synchronized(MadeUpService) { MadeUpService.watchers += callback }
    }

    @Implementation
    override fun unregisterAvailabilityCallback(callback: CameraManager.AvailabilityCallback) {
        super.unregisterAvailabilityCallback(callback)
        synchronized(MadeUpService) { MadeUpService.watchers -= callback }
    }
}

@Implements(className = "android.hardware.camera2.impl.CameraDeviceImpl", isInAndroidSdk = false)
class MadeUpDevice : ShadowCameraDeviceImpl() {
    @RealObject
    private lateinit var device: CameraDevice

    @Implementation
    override fun createCaptureSession(config: SessionConfiguration) {
        MadeUpService.throwAt(Moment.MAKING_SESSION)
        if (MadeUpService.at(Moment.CONFIGURING) == null) {
            MadeUpService.configured(device, config.outputConfigurations.mapNotNull { it.surface })
            return super.createCaptureSession(config)
        }
        val type = Class.forName("android.hardware.camera2.impl.CameraCaptureSessionImpl")
        val session = Shadow.newInstanceOf(type) as CameraCaptureSession
        ReflectionHelpers.setField(session, "mDeviceImpl", device)
        config.executor.execute { config.stateCallback.onConfigureFailed(session) }
    }

    @Implementation
    override fun createCaptureRequest(templateType: Int): CaptureRequest.Builder {
        MadeUpService.throwAt(Moment.MAKING_REQUEST)
        return super.createCaptureRequest(templateType)
    }

    @Implementation
    override fun close() {
        MadeUpService.closed(device)
        super.close()
    }
}

@Implements(className = "android.hardware.camera2.impl.CameraCaptureSessionImpl", isInAndroidSdk = false)
class MadeUpSession : ShadowCameraCaptureSessionImpl() {
    @RealObject
    private lateinit var session: CameraCaptureSession

    @Implementation
    override fun setRepeatingRequest(request: CaptureRequest, callback: CameraCaptureSession.CaptureCallback?, handler: Handler?): Int {
        MadeUpService.throwAt(Moment.REPEATING)
        MadeUpService.repeats(session.device)
        return super.setRepeatingRequest(request, callback, handler)
    }
}

/** A preview's surface. */
@Implements(Surface::class)
class MadeUpSurface : ShadowSurface() {
    @RealObject
    private lateinit var real: Surface
    var texture: SurfaceTexture? = null

    @Implementation
    override fun __constructor__(surfaceTexture: SurfaceTexture) {
        texture = surfaceTexture
        synchronized(MadeUpService) { MadeUpService.previews += real }
        super.__constructor__(surfaceTexture)
    }
}

/** A reader with as many buffers as it has images, and two of the camera's; an image can't be used once it or the reader is closed. */
@Implements(ImageReader::class)
class MadeUpReader {
    @RealObject
    private lateinit var real: ImageReader
    val surface: Surface = Shadow.newInstanceOf(Surface::class.java)
    val acquired = HashSet<Image>()

    @Volatile
    var open = true
    private var filled = 0

    /** Fills a buffer; false if there is none. */
    @Synchronized
    fun fill(): Boolean {
        if (!open || filled + acquired.size >= real.maxImages + CAMERA_BUFFERS) return false
        filled++
        return true
    }

    fun tell() {
        ReflectionHelpers.callStaticMethod<Any?>(ImageReader::class.java, "postEventFromNative", from(Any::class.java, WeakReference(real)))
    }

    @Implementation
    fun nativeInit(reader: Any, width: Int, height: Int, maxImages: Int, usage: Long, format: Int, space: Int) {
        synchronized(MadeUpService) { MadeUpService.readers += this }
    }

    @Implementation
    fun nativeGetSurface(): Surface = surface

    @Implementation
    @Synchronized
    fun nativeImageSetup(image: Image): Int = when {
        acquired.size >= real.maxImages -> MAX_IMAGES
        filled == 0 -> NO_BUFFERS
        else -> {
            filled--
            acquired += image
            SUCCESS
        }
    }

    @Implementation
    @Synchronized
    fun nativeReleaseImage(image: Image) {
        check(acquired.remove(image)) { "an image that is not open" }
    }

    @Implementation
    fun nativeClose() {
        open = false
    }

    private companion object {
        /** Same as in ImageReader. */
        const val SUCCESS = 0
        const val NO_BUFFERS = 1
        const val MAX_IMAGES = 2

        const val CAMERA_BUFFERS = 2
    }
}

/** A grey picture. */
@Implements(className = "android.media.ImageReader\$SurfaceImage", looseSignatures = true)
class MadeUpImage {
    @RealObject
    private lateinit var image: Any

    private val reader get() = ReflectionHelpers.getField<ImageReader>(image, "this$0")

    @Implementation
    fun nativeGetWidth(): Any = reader.width

    @Implementation
    fun nativeGetHeight(): Any = reader.height

    @Implementation
    fun nativeCreatePlanes(count: Any, format: Any, usage: Any): Any {
        val plane = Class.forName("android.media.ImageReader\$SurfaceImage\$SurfacePlane")
        val planes = java.lang.reflect.Array.newInstance(plane, count as Int)
        for (index in 0 until count) {
            val (width, height) = if (index == 0) reader.width to reader.height else reader.width / 2 to reader.height / 2
            val made = ReflectionHelpers.callConstructor(
                plane,
                from(Class.forName("android.media.ImageReader\$SurfaceImage"), image),
                from(Int::class.javaPrimitiveType, width),
                from(Int::class.javaPrimitiveType, 1),
                from(ByteBuffer::class.java, ByteBuffer.allocateDirect(width * height)),
            )
            java.lang.reflect.Array.set(planes, index, made)
        }
        return planes
    }
}
