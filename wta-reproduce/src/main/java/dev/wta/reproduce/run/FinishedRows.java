package dev.wta.reproduce.run;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.StateFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The measured rows of a table in a file, so that a reproduction can be resumed. Each is kept with
 * all that its features depend on, and holds as long as that is the same.
 */
final class FinishedRows {
  private static final String DATA = "data";
  private static final String ROWS = "rows";
  private static final String OF = "of";

  private final StateFile file;
  private final ExperimentScale scale;
  private final Seed seed;
  private final Map<String, Object> data = new LinkedHashMap<>();
  private final Map<String, Object> rows = new LinkedHashMap<>();

  FinishedRows(Path path, ExperimentScale scale, Seed seed) {
    file = new StateFile(path);
    this.scale = scale;
    this.seed = seed;
    Map<String, Object> kept = file.read();
    if (kept.get(DATA) instanceof Map<?, ?> digests) {
      digests.forEach((use, digest) -> data.put(use.toString(), digest));
    }
    if (kept.get(ROWS) instanceof Map<?, ?> finished) {
      finished.forEach((system, result) -> rows.put(system.toString(), result));
    }
  }

  /**
   * Says what rows are measured on from now on.
   *
   * @param sets the samples of probes to train and to test on, and those that models learn from
   *     where they are others
   * @throws WtaException if what is kept was measured on other data
   */
  void requireData(List<Dataset> sets) {
    List<String> uses = List.of("train", "test", "learnt");
    Map<String, Object> now = new LinkedHashMap<>();
    for (int i = 0; i < sets.size(); i++) {
      now.put(uses.get(i), sets.get(i).digest());
    }
    if (!data.isEmpty() && !data.equals(now)) {
      throw new WtaException(
          "%s keeps results of other data".formatted(file.path()),
          "choose another folder with --out");
    }
    data.putAll(now);
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
    kept.put("version", WtaVersion.current());
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
