package dev.wta.eval.report;

import dev.wta.models.run.RunDirectory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The newest figures of a run: what it logged, its best epoch, and what its last probe measured.
 */
public final class RunFigures {
  private RunFigures() {}

  /**
   * Reads them; of a run of layers, those of the layer that was begun last.
   *
   * @return by name: {@code epoch, loss, rate, ...} as {@code metrics.jsonl} names them, each as it
   *     was logged last, then {@code bestEpoch}, {@code bestValidationError} and {@code
   *     probeTestError} where there are any; with the {@code step} that all of it stands at
   */
  public static Map<String, Number> of(RunDirectory run) {
    Map<String, Number> figures = new LinkedHashMap<>();
    for (Map<String, Object> line : logged(run)) {
      line.forEach(
          (name, value) -> {
            if (value instanceof Number number) {
              figures.put(name, number);
            }
          });
    }
    run.state()
        .flatMap(state -> state.best())
        .ifPresent(
            best -> {
              figures.put("bestEpoch", best.epoch());
              figures.put("bestValidationError", best.error());
            });
    ProbesSection.latest(run.probes().stream().map(ProbeNote::new).toList())
        .ifPresent(probe -> figures.put("probeTestError", probe.number("testError").orElseThrow()));
    return figures;
  }

  /** The same under the report's names, such as {@code samples a second}, in the same order. */
  public static <T> Map<String, T> titled(Map<String, T> figures) {
    Map<String, T> titled = new LinkedHashMap<>();
    figures.forEach(
        (name, value) -> {
          String title = TrainingSection.title(name);
          titled.put(title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1), value);
        });
    return titled;
  }

  /** The lines of metrics that have the newest figures. */
  static List<Map<String, Object>> logged(RunDirectory run) {
    List<RunDirectory> layers = run.layers();
    return (layers.isEmpty() ? run : layers.getLast()).readMetrics();
  }
}
