package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessedFileTest {
  private static final MemoryDataset DATA =
      MemoryDataset.of("data", Shape.of(2), new float[] {1, 2, 3, 4, 5, 6});

  @TempDir Path directory;
  private final List<String> stages = new ArrayList<>();

  private float[] read(String digest, Preprocessing fitted) {
    stages.clear();
    try (Dataset copy =
        PreprocessedFile.open(
            directory.resolve("copy.arrow"),
            digest,
            DATA,
            fitted,
            (stage, done, total) -> stages.add(stage))) {
      float[] values = new float[6];
      copy.read(0, 3, values, 0);
      return values;
    }
  }

  @Test
  void itHoldsTheSamplesAfterTheirPreprocessing() {
    assertThat(read("a", new Scaling(2))).containsExactly(0.5f, 1, 1.5f, 2, 2.5f, 3);
    assertThat(stages).isNotEmpty();
  }

  @Test
  void itIsUsedAgainForTheSameAndMadeAnewForAnything() {
    Preprocessing center = Preprocessing.fit(List.of("center"), DATA);
    float[] first = read("a", center);
    assertThat(read("a", center)).isEqualTo(first);
    assertThat(stages).isEmpty();
    read("b", center);
    assertThat(stages).as("other data").isNotEmpty();
    read("b", new Center(new float[] {0, 1}));
    assertThat(stages).as("the same kind, fitted otherwise").isNotEmpty();
    read("b", new Scaling(2));
    assertThat(stages).as("another kind").isNotEmpty();
  }

  @Test
  void aFailureLeavesNoFile() {
    MemoryDataset broken =
        MemoryDataset.of("broken", Shape.of(2), new float[] {1, 2, 3, Float.NaN});
    Path file = directory.resolve("copy.arrow");
    assertThatThrownBy(
            () -> PreprocessedFile.open(file, "a", broken, new Scaling(2), ProgressListener.SILENT))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("row 1");
    assertThat(Files.exists(file)).isFalse();
    assertThat(directory).isEmptyDirectory();
  }
}
