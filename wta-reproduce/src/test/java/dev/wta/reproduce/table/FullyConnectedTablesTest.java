package dev.wta.reproduce.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PaperTables;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.run.ReproducedRow;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.Reproduction;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables without convolutions, at their smallest scale, on a few small pictures. */
class FullyConnectedTablesTest {
  @TempDir Path folder;

  /** The same two files, whatever is asked for. */
  private record Ready(Path train, Path test) implements PaperDataset {
    @Override
    public String name() {
      return "small pictures";
    }

    @Override
    public String wanted() {
      return "nothing";
    }

    @Override
    public Imported prepare(Path from, Path cache, ReproductionListener listener) {
      return new Imported(train, test, List.of());
    }
  }

  /** Pictures of a lying bar in the half that is the class: 0 above, 1 below. */
  private Path bars(String name, Shape shape, int samples) {
    Random random = new Random(name.hashCode());
    int side = shape.extent(1);
    int size = (int) shape.size();
    byte[] values = new byte[samples * size];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 2;
      int place = random.nextInt(side / 2) + labels[i] * side / 2;
      for (int j = 0; j < size; j++) {
        int brightness = random.nextInt(60) + (j / side % side == place ? 190 : 0);
        values[i * size + j] = (byte) brightness;
      }
    }
    Path file = folder.resolve(name);
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(file, shape, ElementType.UINT8, true)) {
      writer.append(values, labels, samples);
      writer.commit();
    }
    return file;
  }

  private ReproducedTable smoke(String name, Shape shape) {
    PaperTable table = PaperTables.named(name);
    PaperTable small =
        new PaperTable(
            table.name(),
            table.title(),
            table.paper(),
            table.unit(),
            new Ready(bars("train.arrow", shape, 400), bars("test.arrow", shape, 100)),
            table.samples(),
            table.testSamples(),
            table.rows(),
            table.decimals());
    Reproduction.Request request =
        new Reproduction.Request(
            small, ExperimentScale.SMOKE, folder, folder.resolve("out"), Seed.of(1));
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults())) {
      return new Reproduction(request, backend, note -> {}).run();
    }
  }

  private static double figure(ReproducedTable table, String system) {
    return table.rows().stream()
        .filter(row -> row.row().system().equals(system))
        .findFirst()
        .orElseThrow()
        .measured()
        .value();
  }

  @Test
  void everySystemOfMnistFcIsMeasuredBesideThePixels() {
    ReproducedTable table = smoke("mnist-fc", Shape.of(1, 8, 8));

    assertThat(table.finished()).isTrue();
    List<String> unmeasured =
        table.rows().stream()
            .filter(row -> row.measured() == null)
            .map(row -> row.row().system())
            .toList();
    assertThat(unmeasured)
        .containsExactly("stacked denoising autoencoder", "deep Boltzmann machine");
    assertThat(table.rows().stream().filter(row -> row.measured() != null))
        .hasSize(10)
        .allSatisfy(row -> assertThat(row.measured().value()).isLessThan(25)); // 50 by chance
    assertThat(table.rows().getFirst().row().reported()).isEmpty();
    assertThat(table.rows().getFirst().trainingSeconds()).isZero();
  }

  @Test
  void moreUnitsOfTheRankOrderedAutoencoderLeaveLess() {
    ReproducedTable table = smoke("roae", Shape.of(3, 12, 12));

    double[] errors =
        table.rows().stream().limit(6).mapToDouble(row -> row.measured().value()).toArray();
    for (int i = 1; i < errors.length; i++) {
      assertThat(errors[i]).isBetween(0.0, errors[i - 1]);
    }
    // The noise, evenly up to 60 of 255 in 147 places, is 0.82 long on its own.
    assertThat(errors[5]).isLessThan(errors[0] * 0.7);
    assertThat(figure(table, "all units, epoch 5")).isBetween(errors[5] / 2, errors[5] * 2);
    assertThat(table.rows().subList(7, 9)).extracting(ReproducedRow::measured).containsOnlyNulls();
    assertThat(table.markdown()).content().contains("| the highest unit | 1.76 C | **");
  }
}
