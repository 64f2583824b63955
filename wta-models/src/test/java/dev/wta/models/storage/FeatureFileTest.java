package dev.wta.models.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.fc.FcWta;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFileTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());

  @TempDir Path folder;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @Test
  void readsWhatWasWrittenAndCountsPasses() {
    int width = 1_100_000; // a row is longer than the buffer
    float[] rows = new float[3 * width];
    Random random = new Random(1);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Float.intBitsToFloat(random.nextInt());
    }
    try (FeatureFile file = FeatureFile.create(folder, 3, width)) {
      file.append(rows, 2);
      file.append(Arrays.copyOfRange(rows, 2 * width, 3 * width), 1);
      float[] read = new float[2 * width + 1];
      file.read(1, 2, read, 1);

      assertThat(bits(Arrays.copyOfRange(read, 1, read.length)))
          .isEqualTo(bits(Arrays.copyOfRange(rows, width, rows.length)));
      assertThat(read[0]).isZero();
      assertThat(file.passes()).isCloseTo(2 / 3.0, within(1e-12));
      assertThatThrownBy(() -> file.read(2, 2, read, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  @Test
  void refusesAFolderThatIsNotThereOrHasNoRoom() {
    assertThatThrownBy(() -> FeatureFile.create(folder.resolve("nowhere"), 3, 4))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> FeatureFile.create(folder, Integer.MAX_VALUE, 1 << 20))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has room for");
  }

  @Test
  void aModelsFeaturesAreTheSameInAFile() {
    float[] samples = new float[1203 * 6];
    Random random = new Random(2);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    MemoryDataset data = MemoryDataset.of("random", Shape.of(6), samples);
    try (Model model = FcWta.Settings.DEFAULTS.hidden(10).on(Shape.of(6), BACKEND, Seed.of(1));
        Features inMemory = model.encode(data);
        Features inFile = model.encode(data, new FeatureStorage(1000, folder))) {
      float[] expected = BACKEND.memory().download(inMemory.values());

      assertThat(inFile.samples()).isEqualTo(1203);
      assertThat(inFile.width()).isEqualTo(10);
      assertThat(BACKEND.memory().download(inFile.rows(0, 1203))).isEqualTo(expected);
      assertThat(BACKEND.memory().download(inFile.rows(1200, 2)))
          .isEqualTo(Arrays.copyOfRange(expected, 12_000, 12_020));
      assertThatThrownBy(inFile::values)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("in a file");
      int[] few = {7, 8, 9, 3};
      int[] many = new int[100];
      Arrays.setAll(many, i -> (37 * i) % 1203);
      for (int[] rows : new int[][] {few, many}) {
        try (Features some = inFile.subset(rows);
            Features same = inMemory.subset(rows);
            Features ofSome = some.subset(1, 0)) {
          assertThat(some.file().isPresent()).isEqualTo(rows.length == many.length);
          Tensor values = some.rows(0, rows.length);
          assertThat(BACKEND.memory().download(values))
              .isEqualTo(BACKEND.memory().download(same.values()));
          assertThat(BACKEND.memory().download(ofSome.rows(0, 1)))
              .isEqualTo(BACKEND.memory().download(same.rows(1, 1)));
        }
      }
    }
    assertThat(folder).isEmptyDirectory();
  }
}
