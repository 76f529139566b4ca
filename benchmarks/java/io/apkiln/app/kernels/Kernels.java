package io.apkiln.app.kernels;

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
}
