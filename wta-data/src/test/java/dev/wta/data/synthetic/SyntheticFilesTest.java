package dev.wta.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.format.NpyMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticFilesTest {
  private static final int FEATURES = 40;
  private static final int INPUTS = 9;
  private static final int ACTIVE = 5;

  @TempDir Path folder;

  private static UniformMixture features(long seed) {
    return new UniformMixture(FEATURES, INPUTS, ACTIVE, Seed.of(seed));
  }

  private SyntheticFiles.Summary write(String name, long first, int samples, int batch) {
    return SyntheticFiles.write(
        features(1), first, samples, folder.resolve(name), batch, ProgressListener.SILENT);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  @Test
  void batchesMakeNoDifference() throws IOException {
    write("whole.arrow", 0, 5000, 5000);
    write("parts.arrow", 0, 5000, 7);
    assertThat(bytes("parts.arrow")).isEqualTo(bytes("whole.arrow"));
    assertThat(bytes("parts.activations.arrow")).isEqualTo(bytes("whole.activations.arrow"));
  }

  @Test
  void samplesDependOnTheirNumberAlone() {
    write("all.arrow", 0, 300, 64);
    write("later.arrow", 200, 100, 64);
    float[] all = new float[100 * INPUTS];
    float[] later = new float[100 * INPUTS];
    try (Dataset whole = ArrowDataset.open(folder.resolve("all.arrow"));
        Dataset part = ArrowDataset.open(folder.resolve("later.arrow"))) {
      assertThat(whole.labelled()).isFalse();
      whole.read(200, 100, all, 0);
      part.read(0, 100, later, 0);
    }
    assertThat(later).isEqualTo(all);
  }

  @Test
  void aSampleIsTheSumOfItsFeatures() {
    SyntheticFiles.Summary written = write("data.arrow", 0, 50, 16);
    assertThat(written.trueL0()).isEqualTo(ACTIVE);
    NpyMatrix directions = NpyMatrix.read(written.dictionary());
    assertThat(directions.rows()).isEqualTo(FEATURES);
    SyntheticFeatures.Sampler sampler = features(1).sampler();
    float[] sample = new float[INPUTS];
    try (Dataset data = ArrowDataset.open(written.data());
        TrueActivations truth = TrueActivations.open(written.activations(), FEATURES)) {
      for (int n = 0; n < 50; n++) {
        Activations activations = sampler.of(n);
        int[] active = truth.active(n);
        assertThat(active).hasSize(ACTIVE);
        double[] sum = new double[INPUTS];
        for (int i = 0; i < ACTIVE; i++) {
          assertThat(active[i]).isEqualTo(activations.feature(i));
          assertThat(activations.value(i)).isBetween(0.5f, 1.5f);
          for (int j = 0; j < INPUTS; j++) {
            int at = activations.feature(i) * INPUTS + j;
            sum[j] += activations.value(i) * directions.values()[at];
          }
        }
        data.read(n, 1, sample, 0);
        for (int j = 0; j < INPUTS; j++) {
          assertThat((double) sample[j]).isCloseTo(sum[j], within(1e-5));
        }
      }
      truth.requireRowsOf(data);
    }
  }

  @Test
  void otherFeaturesAreNotReplaced() throws IOException {
    write("first.arrow", 0, 10, 10);
    byte[] dictionary = bytes(SyntheticFiles.DICTIONARY);
    Path other = folder.resolve("second.arrow");
    assertThatThrownBy(
            () -> SyntheticFiles.write(features(2), 0, 10, other, ProgressListener.SILENT))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("other features");
    assertThat(bytes(SyntheticFiles.DICTIONARY)).isEqualTo(dictionary);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              List.of("first.arrow", "first.activations.arrow", SyntheticFiles.DICTIONARY));
    }
  }

  @Test
  void activationsOfOtherSamplesAreRefused() throws IOException {
    Path file = write("data.arrow", 0, 10, 10).activations();
    write("more.arrow", 0, 11, 10);
    try (Dataset more = ArrowDataset.open(folder.resolve("more.arrow"));
        TrueActivations truth = TrueActivations.open(file, FEATURES)) {
      assertThatThrownBy(() -> truth.requireRowsOf(more))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("has 10 rows");
    }
    try (TrueActivations truth = TrueActivations.open(file, 3)) {
      assertThatThrownBy(
              () -> {
                for (int n = 0; n < 10; n++) {
                  truth.active(n);
                }
              })
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("and there are 3");
    }
    assertThatThrownBy(() -> TrueActivations.open(folder.resolve("data.arrow"), FEATURES))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no column 'indices'");
    Path text = Files.writeString(folder.resolve("text.arrow"), "no Arrow file, whatever it says");
    assertThatThrownBy(() -> TrueActivations.open(text, FEATURES)).isInstanceOf(WtaException.class);
  }

  /** A damaged file is read or refused, and nothing else. */
  @Test
  void damageIsRefused() throws IOException {
    Path file = write("data.arrow", 0, 5000, 40).activations();
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at += whole.length / 97) {
      byte[] damaged = at % 2 == 0 ? whole.clone() : Arrays.copyOf(whole, at);
      if (at < damaged.length) {
        damaged[at] ^= (byte) 0xFF;
      }
      Files.write(file, damaged);
      try (TrueActivations truth = TrueActivations.open(file, FEATURES)) {
        for (int n = 0; n < 5000; n++) {
          truth.active(n);
        }
      } catch (IndexOutOfBoundsException fewerRows) {
        assertThat(fewerRows).hasMessageStartingWith("row ");
      } catch (WtaException refused) {
        assertThat(refused.getMessage()).contains("data.activations.arrow");
      }
    }
  }

  @Test
  void moreActiveFeaturesThanThereAreAreRefused() {
    assertThatThrownBy(() -> new UniformMixture(4, 2, 5, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("5 of 4");
  }
}
