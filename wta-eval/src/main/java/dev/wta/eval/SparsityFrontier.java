package dev.wta.eval;

import dev.wta.data.Dataset;
import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.Chart;
import dev.wta.eval.chart.LineChart;
import dev.wta.eval.chart.ScatterChart;
import dev.wta.eval.chart.Series;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ForwardPass;
import dev.wta.models.loss.ExplainedVariance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Explained variance against L0: what models make of the same samples, and with how many active
 * latents. Both are of the code that is decoded, competition as in training.
 */
public record SparsityFrontier(List<Point> points) {
  private static final int MOST_SERIES = 6;

  public SparsityFrontier {
    points = List.copyOf(points);
  }

  /**
   * A model.
   *
   * @param series of the models that a line joins
   * @param l0 the active latents of a sample, the mean
   * @param explainedVariance of pre-processed samples, or of a transcoder's pre-processed targets
   */
  public record Point(String series, double l0, double explainedVariance) {}

  /**
   * Measures a model.
   *
   * @param targets what a transcoder is to make of the samples
   * @return empty for a model that reconstructs nothing
   */
  public static Optional<Point> measure(
      String series, FeatureExtractor model, Dataset samples, Optional<Dataset> targets) {
    ExplainedVariance explained =
        new ExplainedVariance(Math.toIntExact(model.reconstructionShape().size()));
    double active = 0;
    try (ForwardPass pass = ForwardPass.of(model, samples).finite()) {
      targets.ifPresent(pass::towards);
      while (pass.next()) {
        Optional<float[]> wanted = pass.targets();
        Optional<float[]> made = wanted.flatMap(_ -> pass.reconstructions());
        if (made.isEmpty()) {
          return Optional.empty();
        }
        explained.add(wanted.get(), made.get(), pass.count());
        active += pass.decodedActive();
      }
    }
    return Optional.of(new Point(series, active / samples.size(), explained.value()));
  }

  /** The chart: a line for each series, or points alone where there are too many. */
  public Chart chart() {
    Map<String, List<Point>> bySeries = new LinkedHashMap<>();
    points.forEach(
        point -> bySeries.computeIfAbsent(point.series(), _ -> new ArrayList<>()).add(point));
    boolean lines = bySeries.size() <= MOST_SERIES;
    List<Series> series = new ArrayList<>();
    if (lines) {
      bySeries.forEach((name, each) -> series.add(series(name, each)));
    } else {
      series.add(series("", points));
    }
    String title = "Explained variance against L0";
    Axis x = Axis.log("active latents of a sample (L0)");
    Axis y = Axis.linear("explained variance");
    return lines ? new LineChart(title, x, y, series) : new ScatterChart(title, x, y, series);
  }

  private static Series series(String name, List<Point> points) {
    List<Point> sorted = points.stream().sorted(Comparator.comparingDouble(Point::l0)).toList();
    return Series.of(
        name,
        sorted.stream().mapToDouble(Point::l0).toArray(),
        sorted.stream().mapToDouble(Point::explainedVariance).toArray());
  }
}
