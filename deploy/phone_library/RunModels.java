import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.lite.Interpreter;
import org.tensorflow.lite.Tensor;
import org.tensorflow.lite.gpu.GpuDelegate;
import org.tensorflow.lite.gpu.GpuDelegateFactory;

/**
 * Runs models on the phone's own library. Reads a file of jobs, one a line, with tabs between:
 * model, cpu | gpu | gpu_16, number of runs, file of all inputs in a row, each with its values of all runs, folder for outputs;
 * what it finds goes to standard output.
 */
final class RunModels {
  private RunModels() {}

  private record Runs(int count, Path given, Path answers) {}

  public static void main(String[] arguments) throws IOException {
    List<String> jobs = Files.readAllLines(Path.of(arguments[0]));
    for (int i = 0; i < jobs.size(); i++) {
      String[] job = jobs.get(i).split("\t");
      say("job " + i);
      try {
        run(Path.of(job[0]), job[1], new Runs(Integer.parseInt(job[2]), Path.of(job[3]), Path.of(job[4])));
        say("done");
      } catch (Exception | Error error) {
        say("failed " + String.valueOf(error.getMessage()).replace('\n', ' '));
      }
    }
  }

  private static void run(Path model, String processor, Runs runs) throws IOException {
    Interpreter.Options options = new Interpreter.Options().setNumThreads(1);
    if (processor.equals("cpu")) {
      run(model, options, runs);
      return;
    }
    GpuDelegateFactory.Options gpu = new GpuDelegateFactory.Options();
    gpu.setPrecisionLossAllowed(processor.equals("gpu_16"));
    try (GpuDelegate delegate = new GpuDelegate(gpu)) {
      run(model, options.addDelegate(delegate), runs);
    }
  }

  private static void run(Path model, Interpreter.Options options, Runs runs) throws IOException {
    try (Interpreter interpreter = new Interpreter(direct(Files.readAllBytes(model)), options)) {
      byte[] values = Files.readAllBytes(runs.given());
      interpreter.allocateTensors();
      for (int run = 0; run < runs.count(); run++) {
        run(interpreter, values, run, runs);
      }
    }
  }

  private static void run(Interpreter interpreter, byte[] values, int run, Runs runs) throws IOException {
    Object[] inputs = new Object[interpreter.getInputTensorCount()];
    int from = 0;
    for (int i = 0; i < inputs.length; i++) {
      int size = interpreter.getInputTensor(i).numBytes();
      if (from + runs.count() * size > values.length) {
        throw new IllegalArgumentException("input " + i + " takes " + size + " bytes, " + (values.length - from) + " were given");
      }
      inputs[i] = direct(Arrays.copyOfRange(values, from + run * size, from + (run + 1) * size));
      from += runs.count() * size;
    }
    Map<Integer, Object> outputs = new HashMap<>();
    for (int i = 0; i < interpreter.getOutputTensorCount(); i++) {
      outputs.put(i, ByteBuffer.allocateDirect(Math.max(1, interpreter.getOutputTensor(i).numBytes())).order(ByteOrder.nativeOrder()));
    }
    interpreter.runForMultipleInputsOutputs(inputs, outputs);
    for (int i = 0; i < outputs.size(); i++) {
      ByteBuffer buffer = (ByteBuffer) outputs.get(i);
      Tensor tensor = interpreter.getOutputTensor(i);
      byte[] bytes = new byte[tensor.numBytes()];
      buffer.rewind();
      buffer.get(bytes);
      Files.write(runs.answers().resolve(i + ".bin"), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      say("output " + i + " " + tensor.dataType() + " " + Arrays.toString(tensor.shape()));
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(1, bytes.length)).order(ByteOrder.nativeOrder());
    buffer.put(bytes).rewind();
    if (bytes.length == 0) {
      buffer.limit(0);
    }
    return buffer;
  }

  /** A line that the native libraries' own can't be taken for. */
  private static void say(String line) {
    System.out.println("\u0001" + line);
    System.out.flush();
  }
}
