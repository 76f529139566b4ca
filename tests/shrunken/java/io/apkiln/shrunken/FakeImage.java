package io.apkiln.shrunken;

import android.graphics.ImageFormat;
import android.media.Image;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A camera's picture out of a folder: {@code frame.properties}, and the planes in {@code y.bin}, {@code u.bin}, {@code v.bin}. */
final class FakeImage extends Image {
    private final Properties values = new Properties();
    private final Plane[] planes = new Plane[3];

    FakeImage(Path folder) {
        try (Reader reader = Files.newBufferedReader(folder.resolve("frame.properties"))) {
            values.load(reader);
            planes[0] = new FakePlane(folder.resolve("y.bin"), number("yRowStride"), number("yPixelStride"));
            planes[1] = new FakePlane(folder.resolve("u.bin"), number("uvRowStride"), number("uvPixelStride"));
            planes[2] = new FakePlane(folder.resolve("v.bin"), number("uvRowStride"), number("uvPixelStride"));
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    int number(String key) {
        return Integer.parseInt(values.getProperty(key));
    }

    @Override
    public int getFormat() {
        return ImageFormat.YUV_420_888;
    }

    @Override
    public int getWidth() {
        return number("width");
    }

    @Override
    public int getHeight() {
        return number("height");
    }

    @Override
    public long getTimestamp() {
        return 0;
    }

    @Override
    public int getTransform() {
        return 0;
    }

    @Override
    public int getScalingMode() {
        return 0;
    }

    @Override
    public Plane[] getPlanes() {
        return planes;
    }

    @Override
    public void close() {}

    private static final class FakePlane extends Plane {
        private final ByteBuffer buffer;
        private final int rowStride;
        private final int pixelStride;

        FakePlane(Path file, int rowStride, int pixelStride) throws IOException {
            byte[] content = Files.readAllBytes(file);
            buffer = ByteBuffer.allocateDirect(content.length).put(content);
            buffer.rewind();
            this.rowStride = rowStride;
            this.pixelStride = pixelStride;
        }

        @Override
        public int getRowStride() {
            return rowStride;
        }

        @Override
        public int getPixelStride() {
            return pixelStride;
        }

        @Override
        public ByteBuffer getBuffer() {
            return buffer;
        }
    }
}
