package dev.wta.reproduce.run;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.StateFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a table that are measured, in a file, for a process that goes on after a kill. Each
 * is kept with all that its features depend on, and holds as long as that is the same.
 */
final class FinishedRows {
  private static final String DATA = "data";
  private static final String ROWS = "rows";
  private static final String OF = "of";

  private final StateFile file;
  private final ExperimentScale scale;
  private final Seed seed;
  private final Map<String, Object> data;
  private final Map<String, Object> rows = new LinkedHashMap<>();

  /**
   * @throws WtaException if what is kept was measured on other data
   */
  FinishedRows(Path path, ExperimentScale scale, Seed seed, Dataset train, Dataset test) {
    file = new StateFile(path);
    this.scale = scale;
    this.seed = seed;
    data = Map.of("train", train.digest(), "test", test.digest());
    Map<String, Object> kept = file.read();
    if (kept.containsKey(DATA) && !data.equals(kept.get(DATA))) {
      throw new WtaException(
          "%s keeps results of other data".formatted(path), "choose another folder with --out");
    }
    if (kept.get(ROWS) instanceof Map<?, ?> finished) {
      finished.forEach((system, result) -> rows.put(system.toString(), result));
    }
  }

  /** What was measured of a row; empty if nothing was, or of other features. */
  Optional<ReproducedRow> find(Row row) {
    if (!(rows.get(row.system()) instanceof Map<?, ?> kept)
        || !(kept.get("measured") instanceof Number measured)
        || !StateFile.same(kept.get(OF), features(row))) {
      return Optional.empty();
    }
    Double std = kept.get("std") instanceof Number number ? number.doubleValue() : null;
    return Optional.of(
        new ReproducedRow(
            row,
            new Measured(measured.doubleValue(), std),
            number(kept.get("seconds")),
            number(kept.get("trainingSeconds"))));
  }

  void add(ReproducedRow done) {
    Map<String, Object> kept = new LinkedHashMap<>();
    kept.put("measured", done.measured().value());
    kept.put("std", done.measured().std());
    kept.put("seconds", done.seconds());
    kept.put("trainingSeconds", done.trainingSeconds());
    kept.put(OF, features(done.row()));
    rows.put(done.row().system(), kept);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(DATA, data);
    all.put(ROWS, rows);
    file.write(all);
  }

  private Map<String, Object> features(Row row) {
    return row.representation().map(features -> features.at(scale, seed)).orElse(Map.of());
  }

  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : 0;
  }
}
