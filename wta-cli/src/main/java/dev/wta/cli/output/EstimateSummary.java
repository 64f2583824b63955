package dev.wta.cli.output;

import dev.wta.api.tensor.Shape;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.ProgressLine;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.training.TrainingEstimate;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what a training would take. */
public final class EstimateSummary {
  private EstimateSummary() {}

  /** For people. */
  public static void print(TrainingEstimate estimate, FeatureExtractor model, String data) {
    print(estimate, model.family(), model.sampleShape(), data);
  }

  /**
   * The same of several models together.
   *
   * @param what is trained, for people
   * @param data what on
   */
  public static void print(TrainingEstimate estimate, String what, Shape sample, String data) {
    PrintWriter out = Output.writer();
    out.printf("%s on %s: a dry run, nothing was written%n", what, data);
    out.printf(
        "steps        %,d an epoch, %,d in %s%n",
        estimate.stepsPerEpoch(), estimate.totalSteps(), Counted.of(estimate.epochs(), "epoch"));
    out.printf("samples      %,d an epoch, of %s%n", estimate.samples(), sample);
    out.printf("parameters   %,d%n", estimate.parameters());
    out.printf(
        "memory       %s for parameters, optimiser and a batch; %s of heap in use when measured%n",
        megabytes(estimate.stateBytes()), megabytes(estimate.heapBytes()));
    if (estimate.secondsPerStep().isPresent()) {
      double epoch = estimate.secondsPerEpoch().getAsDouble();
      out.printf(
          "time         %s an epoch, %s in all: %.3g ms a step, the mean of %s%n",
          clock(epoch),
          clock(epoch * estimate.epochs()),
          1000 * estimate.secondsPerStep().getAsDouble(),
          Counted.of(estimate.timedSteps(), "step"));
    } else {
      out.printf("time         not measured: there are too few steps%n");
    }
    out.printf("preparation  %s%n", clock(estimate.preparation().toNanos() / 1e9));
    estimate.notes().forEach(note -> out.printf("note: %s%n", note));
  }

  private static String megabytes(long bytes) {
    return "%,.1f MB".formatted(bytes / 1e6);
  }

  private static String clock(double seconds) {
    return seconds < 10
        ? "%.1f s".formatted(seconds)
        : ProgressLine.clock(Duration.ofMillis((long) (1000 * seconds)));
  }

  /** The same as JSON; null for a time that was not measured. */
  public static Map<String, Object> toJson(TrainingEstimate estimate, FeatureExtractor model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("family", model.family());
    json.put("samples", estimate.samples());
    json.put("epochs", estimate.epochs());
    json.put("stepsPerEpoch", estimate.stepsPerEpoch());
    json.put("totalSteps", estimate.totalSteps());
    json.put("parameters", estimate.parameters());
    json.put("stateBytes", estimate.stateBytes());
    json.put("heapBytes", estimate.heapBytes());
    json.put("preparationSeconds", estimate.preparation().toNanos() / 1e9);
    json.put("timedSteps", estimate.timedSteps());
    boolean timed = estimate.secondsPerStep().isPresent();
    json.put("secondsPerStep", timed ? estimate.secondsPerStep().getAsDouble() : null);
    json.put("secondsPerEpoch", timed ? estimate.secondsPerEpoch().getAsDouble() : null);
    json.put("notes", estimate.notes());
    return json;
  }
}
