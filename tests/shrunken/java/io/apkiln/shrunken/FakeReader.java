package io.apkiln.shrunken;

import android.graphics.SurfaceTexture;
import android.media.Image;
import android.media.ImageReader;
import android.os.Handler;
import android.view.Surface;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.annotation.RealObject;
import org.robolectric.shadow.api.Shadow;

/** The camera's reader, which hands over {@link #next} on request. */
@Implements(ImageReader.class)
public class FakeReader {
    static FakeReader newest;
    static Image next;

    @RealObject private ImageReader reader;
    private ImageReader.OnImageAvailableListener listener;
    private Handler handler;
    private final Surface surface = new Surface(new SurfaceTexture(1));

    @Implementation
    protected static ImageReader newInstance(int width, int height, int format, int maxImages) {
        return Shadow.newInstanceOf(ImageReader.class);
    }

    @Implementation
    protected Surface getSurface() {
        return surface;
    }

    @Implementation
    protected void setOnImageAvailableListener(ImageReader.OnImageAvailableListener listener, Handler handler) {
        this.listener = listener;
        this.handler = handler;
        newest = this;
    }

    @Implementation
    protected Image acquireLatestImage() {
        Image image = next;
        next = null;
        return image;
    }

    @Implementation
    protected Image acquireNextImage() {
        return acquireLatestImage();
    }

    @Implementation
    protected void close() {}

    /** A picture has come. */
    void deliver(Image image) {
        next = image;
        handler.post(() -> listener.onImageAvailable(reader));
    }
}
