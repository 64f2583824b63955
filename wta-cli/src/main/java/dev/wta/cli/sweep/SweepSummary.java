package dev.wta.cli.sweep;

import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.output.TrainingSummary;
import dev.wta.eval.SparsityFrontier;
import dev.wta.models.training.Sweep;
import dev.wta.models.training.TrainingResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prints how a sweep ended: a line a run.
 *
 * @param points L0 and explained variance of each run that was measured
 * @param measuredOn what they were measured on, for people
 * @param plot the chart of these; null without one
 */
record SweepSummary(
    List<SweepFile.Entry> runs,
    List<Sweep.Outcome> outcomes,
    List<Optional<SparsityFrontier.Point>> points,
    String measuredOn,
    Path out,
    Path plot) {

  void print() {
    List<List<String>> table = new ArrayList<>();
    List<String> heading = new ArrayList<>(runs.getFirst().values().keySet());
    heading.addAll(List.of("L0", "explained", "loss", "steps", "run"));
    table.add(heading);
    for (int i = 0; i < runs.size(); i++) {
      List<String> line = new ArrayList<>(runs.get(i).values().values());
      Optional<TrainingResult> result = outcomes.get(i).result();
      line.add(number(points.get(i).map(SparsityFrontier.Point::l0), "%.1f"));
      line.add(number(points.get(i).map(SparsityFrontier.Point::explainedVariance), "%.4f"));
      line.add(number(result.flatMap(TrainingResult::last).map(last -> last.loss()), "%.4g"));
      line.add(result.map(run -> "%,d".formatted(run.steps())).orElse("failed"));
      line.add(out.resolve(runs.get(i).name()).toString());
      table.add(line);
    }
    PrintWriter writer = Output.writer();
    for (List<String> line : table) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        int at = column;
        int width = table.stream().mapToInt(each -> each.get(at).length()).max().orElseThrow();
        text.append(("%-" + width + "s  ").formatted(line.get(column)));
      }
      writer.println(text.toString().stripTrailing());
    }
    writer.printf("explained variance and L0 are of %s%n", measuredOn);
    if (plot != null) {
      writer.printf("plot: %s%n", plot);
    }
    writer.printf("next:%n  wta compare %s --out compared.html%n", out.resolve("*=*"));
  }

  private static String number(Optional<Double> value, String format) {
    return value.map(each -> String.format(Locale.ROOT, format, each)).orElse("-");
  }

  void printJson(Path data, Path target) {
    List<Map<String, Object>> each = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Path run = out.resolve(runs.get(i).name());
      Optional<TrainingResult> result = outcomes.get(i).result();
      Map<String, Object> json =
          result
              .map(trained -> TrainingSummary.toJson(trained, data, target, run))
              .orElseGet(() -> new LinkedHashMap<>(Map.of("run", run.toString())));
      outcomes
          .get(i)
          .failure()
          .ifPresent(
              why -> {
                json.put("status", "failed");
                json.put("reason", why.problem());
              });
      json.put("swept", runs.get(i).values());
      json.put("l0", points.get(i).map(SparsityFrontier.Point::l0).orElse(null));
      json.put(
          "explainedVariance",
          points.get(i).map(SparsityFrontier.Point::explainedVariance).orElse(null));
      each.add(json);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("runs", each);
    document.put("measuredOn", measuredOn);
    document.put("plot", plot == null ? null : plot.toString());
    JsonOutput.print(document);
  }
}
