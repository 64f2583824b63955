package dev.wta.eval.probe;

import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.LineChart;
import dev.wta.eval.chart.Series;
import java.util.ArrayList;
import java.util.List;

/** The test error against the number of labels, as a chart. */
public final class FewLabelsChart {
  private FewLabelsChart() {}

  /**
   * A chart of one curve; error bars are a standard deviation over the subsets.
   *
   * @param name of what was probed
   * @param others further curves, in per cent, such as a paper's
   */
  public static LineChart of(String name, List<FewLabelsResult> results, Series... others) {
    double[] labels = results.stream().mapToDouble(FewLabelsResult::labels).toArray();
    List<Series.Point> points = new ArrayList<>();
    for (FewLabelsResult result : results) {
      double std = result.std() == null ? 0 : result.std();
      points.add(new Series.Point(result.labels(), 100 * result.mean(), 100 * std));
    }
    List<Series> series = new ArrayList<>();
    series.add(new Series(name, points));
    series.addAll(List.of(others));
    return new LineChart(
        "Test error by number of labels",
        Axis.log("labelled training samples").at(labels),
        Axis.linear("test error, %").fromZero(),
        series);
  }
}
