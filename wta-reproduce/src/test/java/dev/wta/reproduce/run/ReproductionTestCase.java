package dev.wta.reproduce.run;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A table of tiny models on random data, for the tests of reproductions. */
abstract class ReproductionTestCase {
  static final Recipe RECIPE =
      Recipe.of("tiny", "fc-wta", Map.of("hidden", "8", "lifetime", "0.2", "checkpoint-every", "5"))
          .with("epochs", 2, 2, 2);

  @TempDir Path folder;
  final Backend backend = Backends.named("cpu", BackendOptions.defaults());
  final List<String> trained = new ArrayList<>();
  Path data;

  @BeforeEach
  void writeData() {
    data = folder.resolve("samples.arrow");
    write(data, 1);
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  /** Writes 400 samples of 12 pixels and two classes, which the first two pixels tell apart. */
  static void write(Path file, long seed) {
    Random random = new Random(seed);
    int samples = 400;
    byte[] values = new byte[samples * 12];
    random.nextBytes(values);
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 2;
      values[i * 12 + labels[i]] = (byte) 255;
      values[i * 12 + 1 - labels[i]] = 0;
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(file, Shape.of(12), ElementType.UINT8, true)) {
      writer.append(values, labels, samples);
      writer.commit();
    }
  }

  /** A data set that needs no import. */
  record Ready(Path file, Optional<Path> extra) implements PaperDataset {
    @Override
    public String name() {
      return "samples";
    }

    @Override
    public String wanted() {
      return "nothing";
    }

    @Override
    public Imported prepare(Path from, Path cache, ReproductionListener listener) {
      return new Imported(file, file, extra, List.of("A remark on the data."));
    }
  }

  /** A reproduction of these rows, with 300 of 400 training samples and 200 of 400 test samples. */
  Reproduction.Request request(Row... rows) {
    return request(new Ready(data, Optional.empty()), 300, 200, rows);
  }

  Reproduction.Request request(PaperDataset dataset, int train, int test, Row... rows) {
    PaperTable table =
        new PaperTable(
            "tiny",
            "Tiny",
            "Nobody",
            "error %",
            dataset,
            PerScale.same(train),
            PerScale.same(test),
            List.of(rows));
    return new Reproduction.Request(
        table, ExperimentScale.SMOKE, folder, folder.resolve("out"), Seed.of(1));
  }

  static final Representation FEATURES = Representation.of(RECIPE);
  static final Row ALL = Row.measured("all", Reported.recalled(1), FEATURES, Laboratory::error);
  static final Row FEW =
      Row.measured(
          "few", Reported.recalled(1), FEATURES, (lab, features) -> lab.fewLabels(features, 20, 3));
  static final Row TOO_MANY =
      Row.measured(
          "too many",
          Reported.recalled(1),
          FEATURES,
          (lab, features) -> lab.fewLabels(features, 301, 3));

  static Row all(Recipe recipe) {
    return Row.measured("all", Reported.recalled(1), Representation.of(recipe), Laboratory::error);
  }

  /** Notes in {@link #trained} which runs are trained. */
  final ReproductionListener counting =
      new ReproductionListener() {
        @Override
        public void note(String line) {
          if (line.endsWith("training")) {
            trained.add(line);
          }
        }
      };
}
