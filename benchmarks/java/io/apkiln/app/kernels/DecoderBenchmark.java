package io.apkiln.app.kernels;

import io.apkiln.app.frames.Region;
import io.apkiln.app.model.ElementType;
import io.apkiln.app.model.ModelContract;
import io.apkiln.app.model.ModelContracts;
import io.apkiln.app.model.PointsAnswer;
import io.apkiln.app.model.TaskDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A model's output to points and a box in the upright picture, as Pipeline does it for each frame. */
@State(Scope.Benchmark)
public class DecoderBenchmark {
    @Param({"box", "box_int8", "landmarks", "fingertip", "fingertip_32"})
    public String model;

    private final Region region = new Region();
    private List<ByteBuffer> outputs;
    private TaskDecoder<PointsAnswer> decoder;
    private PointsAnswer answer;

    @Setup
    public void prepare() {
        ModelContract contract = Contracts.named(model);
        boolean bytes = contract.getOutput().getDtype() != ElementType.FLOAT32;
        int count = 1;
        for (int size : contract.getOutput().getShape()) count *= size;
        ByteBuffer output = ByteBuffer.allocateDirect(bytes ? count : 4 * count).order(ByteOrder.nativeOrder());
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            double logit = 3 * random.nextGaussian();
            if (bytes) output.put(i, (byte) Math.max(-128, Math.min(127, Math.round(16 * logit))));
            else output.putFloat(4 * i, (float) logit);
        }
        region.setPicture(640, 480);
        outputs = List.of(output);
        decoder = decoderOf(contract);
        answer = decoder.newAnswer();
    }

    @Benchmark
    public PointsAnswer decode() {
        decoder.decode(outputs, answer);
        answer.place(region, 640, 480);
        return answer;
    }

    @SuppressWarnings("unchecked")
    private static TaskDecoder<PointsAnswer> decoderOf(ModelContract contract) {
        return (TaskDecoder<PointsAnswer>) ModelContracts.INSTANCE.kind(contract).decoder(contract);
    }
}
