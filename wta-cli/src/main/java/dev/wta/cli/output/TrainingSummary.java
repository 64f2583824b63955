package dev.wta.cli.output;

import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.ProgressLine;
import dev.wta.models.Classifier;
import dev.wta.models.training.TrainingResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints how a training ended, and what to type next. */
public final class TrainingSummary {
  private TrainingSummary() {}

  /**
   * Prints it.
   *
   * @param data the samples as options have them after {@code --data}
   * @param labelled whether they have labels, to probe for
   */
  public static void print(TrainingResult run, String data, boolean labelled, Path out) {
    PrintWriter writer = Output.writer();
    writer.printf(
        "%s after %s, %s, in %s%s%n",
        run.why() == TrainingResult.Reason.NO_BETTER_EPOCH
            ? "finished early, with no better epoch for a while,"
            : run.status().name().toLowerCase(Locale.ROOT),
        Counted.of(run.epochs(), "epoch"),
        Counted.of(run.steps(), "step"),
        ProgressLine.clock(run.took()),
        run.last().map(last -> "; loss %.4g".formatted(last.loss())).orElse(""));
    run.best()
        .ifPresent(
            best ->
                writer.printf(
                    "best after epoch %d: %.2f %% of %s%n",
                    best.epoch(),
                    100 * best.error(),
                    run.model() instanceof Classifier
                        ? "the validation samples are misclassified"
                        : "the validation samples' variance is unexplained"));
    writer.printf("the run is in %s; next:%n", out);
    if (run.model() instanceof Classifier) {
      writer.printf("  wta predict --run %s --data TEST.arrow%n", out);
    }
    String targets = run.model().target().isPresent() ? " --target TARGETS.arrow" : "";
    if (labelled) {
      writer.printf("  wta probe --run %s --train %s --test TEST.arrow%s%n", out, data, targets);
    } else {
      writer.printf("  wta evaluate --run %s --data TEST.arrow%s%n", out, targets);
      writer.printf("  wta encode --run %s --data %s --out features.arrow%n", out, data);
    }
    writer.printf("  wta filters --run %s --out filters.png%n", out);
  }

  /**
   * The same as JSON.
   *
   * @param target the file of what a transcoder reconstructs; null for other models
   */
  public static Map<String, Object> toJson(TrainingResult run, Path data, Path target, Path out) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", out.toString());
    json.put("data", data.toString());
    if (target != null) {
      json.put("target", target.toString());
    }
    json.put("status", run.status().name().toLowerCase(Locale.ROOT));
    json.put("reason", run.why().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("epochs", run.epochs());
    json.put("steps", run.steps());
    json.put("loss", run.last().map(last -> (Object) last.loss()).orElse(null));
    json.put("validationError", run.best().map(best -> (Object) best.error()).orElse(null));
    json.put("seconds", run.took().toNanos() / 1e9);
    json.put("backend", run.model().backend().name());
    json.put("device", run.model().backend().device());
    return json;
  }
}
