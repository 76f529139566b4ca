package io.apkiln.app.kernels;

import com.sun.management.ThreadMXBean;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/**
 * Runs JMH inside Robolectric's class loader, where Android's Bitmap is the real one: in this JVM, without forks, as a
 * fork would not have that class loader.
 */
@RunWith(RobolectricTestRunner.class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = 35, manifest = Config.NONE)
public class Kernels {
    @Test
    public void measure() throws RunnerException {
        new Runner(
            new OptionsBuilder()
                .include(System.getProperty("apkiln.include"))
                .forks(0)
                .mode(Mode.SampleTime)
                .shouldDoGC(true)
                .timeUnit(TimeUnit.MICROSECONDS)
                .warmupIterations(Integer.getInteger("apkiln.warmups"))
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(Integer.getInteger("apkiln.iterations"))
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .resultFormat(ResultFormatType.JSON)
                .result(System.getProperty("apkiln.result"))
                .build()
        ).run();
    }

    /** What this thread allocates, to the byte: JMH's own profiler counts JMH's threads and samples too. */
    @Test
    public void count() throws IOException {
        try (PrintWriter told = new PrintWriter(new File(System.getProperty("apkiln.bytes")), "UTF-8")) {
            for (String layout : new String[] {"planar", "nv21", "nv21-turned"}) {
                FrameToTensorBenchmark.Planes planes = new FrameToTensorBenchmark.Planes();
                planes.layout = layout;
                planes.prepare();
                FrameToTensorBenchmark benchmark = new FrameToTensorBenchmark();
                told.println("frameToTensor." + layout + "=" + bytes(() -> benchmark.frameToTensor(planes)));
            }
            for (String model : new String[] {"box", "box_int8", "landmarks", "fingertip", "fingertip_32"}) {
                DecoderBenchmark benchmark = new DecoderBenchmark();
                benchmark.model = model;
                benchmark.prepare();
                told.println("decode." + model + "=" + bytes(benchmark::decode));
            }
            FrameToTensorBenchmark.Picture picture = new FrameToTensorBenchmark.Picture();
            picture.prepare();
            FrameToTensorBenchmark benchmark = new FrameToTensorBenchmark();
            told.println("imageProcessor=" + bytes(() -> benchmark.imageProcessor(picture)));
            told.println("imageProcessorPaddedAndTurned=" + bytes(() -> benchmark.imageProcessorPaddedAndTurned(picture)));
        }
    }

    private static double bytes(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        for (int i = 0; i < CALLS; i++) call.run();
        threads.getThreadAllocatedBytes(self); // what it needs itself, the first time
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < CALLS; i++) call.run();
        return (threads.getThreadAllocatedBytes(self) - before) / (double) CALLS;
    }

    private static final int CALLS = 200;
}
