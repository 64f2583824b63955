package dev.wta.eval.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The logged metrics of a run: columns of numbers over steps. */
final class MetricsHistory {
  /** As many points as a curve is wide, about; of more, neighbours are averaged. */
  private static final int MOST_POINTS = 800;

  private final List<Map<String, Object>> lines;

  /** Lines of {@code metrics.jsonl}, oldest first. */
  MetricsHistory(List<Map<String, Object>> lines) {
    this.lines = lines.stream().filter(line -> line.get("step") instanceof Number).toList();
  }

  /**
   * A column: what was logged under one name.
   *
   * @param steps the steps that it was logged after
   * @param averaged how many lines make up each value, mostly 1
   */
  @SuppressWarnings("ArrayRecordComponent") // read within this package, never compared
  record Column(double[] steps, double[] values, int averaged) {
    double last() {
      return values[values.length - 1];
    }
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** The names of the columns, as they first appeared. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Map<String, Object> line : lines) {
      line.forEach(
          (name, value) -> {
            if (value instanceof Number && !name.equals("step")) {
              names.add(name);
            }
          });
    }
    return names;
  }

  Column column(String name) {
    List<Map<String, Object>> with =
        lines.stream().filter(line -> line.get(name) instanceof Number).toList();
    int averaged = Math.max(1, Math.ceilDiv(with.size(), MOST_POINTS));
    List<double[]> points = new ArrayList<>();
    for (int from = 0; from < with.size(); from += averaged) {
      List<Map<String, Object>> window = with.subList(from, Math.min(with.size(), from + averaged));
      double step = ((Number) window.getLast().get("step")).doubleValue();
      double mean =
          window.stream()
              .mapToDouble(line -> ((Number) line.get(name)).doubleValue())
              .average()
              .orElseThrow();
      points.add(new double[] {step, mean});
    }
    return new Column(
        points.stream().mapToDouble(point -> point[0]).toArray(),
        points.stream().mapToDouble(point -> point[1]).toArray(),
        averaged);
  }
}
