package io.apkiln.app.kernels;

import android.graphics.Bitmap;
import io.apkiln.app.frames.Frame;
import io.apkiln.app.frames.FrameToTensor;
import io.apkiln.app.frames.InputSize;
import io.apkiln.app.frames.PlaneFrame;
import io.apkiln.app.frames.Region;
import io.apkiln.app.model.Follows;
import io.apkiln.app.model.ModelContract;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.tensorflow.lite.DataType;
import org.tensorflow.lite.support.common.ops.NormalizeOp;
import org.tensorflow.lite.support.image.ImageProcessor;
import org.tensorflow.lite.support.image.TensorImage;
import org.tensorflow.lite.support.image.ops.ResizeOp;
import org.tensorflow.lite.support.image.ops.ResizeWithCropOrPadOp;
import org.tensorflow.lite.support.image.ops.Rot90Op;

/** A picture of 640 × 480 to a model's float32 input of 224 × 224: from a camera's planes, and from a Bitmap. */
public class FrameToTensorBenchmark {
    /** The app's way, from YUV planes: one behind the other, or as most phones' cameras give them, chroma interleaved. */
    @State(Scope.Benchmark)
    public static class Planes {
        @Param({"planar", "nv21", "nv21-turned"})
        public String layout;

        private Frame frame;
        private Region region;
        private FrameToTensor toTensor;

        @Setup
        public void prepare() {
            frame = new PlaneFrame(new File(System.getProperty("apkiln.frames"), layout));
            region = new Region();
            ModelContract contract = Contracts.named("photo");
            Region picture = new Region();
            picture.setPicture(frame.getUprightWidth(), frame.getUprightHeight());
            region.setWithin(picture, Follows.FRAME, InputSize.Companion.of(contract));
            toTensor = new FrameToTensor(contract);
        }
    }

    /** tensorflow-lite-support's way, once the planes have been made into a Bitmap, which is not measured. */
    @State(Scope.Benchmark)
    public static class Picture {
        private Bitmap bitmap;
        private ImageProcessor processor;
        private ImageProcessor sameWork;
        private TensorImage image;

        @Setup
        public void prepare() {
            ModelContract contract = Contracts.named("photo");
            int size = contract.getInput().getShape().get(1);
            bitmap = Bitmap.createBitmap(640, 480, Bitmap.Config.ARGB_8888);
            int[] pixels = new int[640 * 480];
            for (int i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | i * 0x9e3779b9 >>> 8;
            bitmap.setPixels(pixels, 0, 640, 0, 0, 640, 480);
            List<Float> means = contract.getNormalization().getMean();
            List<Float> stds = contract.getNormalization().getStd();
            float[] mean = {means.get(0), means.get(1), means.get(2)};
            float[] std = {stds.get(0), stds.get(1), stds.get(2)};
            processor = new ImageProcessor.Builder()
                .add(new ResizeOp(size, size, ResizeOp.ResizeMethod.BILINEAR))
                .add(new NormalizeOp(mean, std))
                .build();
            sameWork = new ImageProcessor.Builder()
                .add(new ResizeWithCropOrPadOp(640, 640))
                .add(new ResizeOp(size, size, ResizeOp.ResizeMethod.BILINEAR))
                .add(new Rot90Op(3))
                .add(new NormalizeOp(mean, std))
                .build();
            image = new TensorImage(DataType.FLOAT32);
        }
    }

    @Benchmark
    public ByteBuffer frameToTensor(Planes planes) {
        return planes.toTensor.fill(planes.frame, planes.region);
    }

    @Benchmark
    public ByteBuffer imageProcessor(Picture picture) {
        picture.image.load(picture.bitmap);
        return picture.processor.process(picture.image).getBuffer();
    }

    /** As FrameToTensor: the whole picture in a square, upright. */
    @Benchmark
    public ByteBuffer imageProcessorPaddedAndTurned(Picture picture) {
        picture.image.load(picture.bitmap);
        return picture.sameWork.process(picture.image).getBuffer();
    }
}
