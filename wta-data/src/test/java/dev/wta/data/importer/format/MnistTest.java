package dev.wta.data.importer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MNIST's own files, where they are at hand. */
class MnistTest {
  @TempDir Path folder;

  @Test
  void theTestSetIsImportedWhole() {
    Path source = testData().resolve("mnist");
    Path images = source.resolve("t10k-images-idx3-ubyte.gz");
    assumeThat(images).as("MNIST in WTA_TEST_DATA or ../shared/data").exists();
    Path out = folder.resolve("t10k.arrow");
    ImportSummary summary =
        Idx.convert(
            images, Optional.of(source.resolve("t10k-labels-idx1-ubyte.gz")), ImportTarget.to(out));
    assertThat(summary)
        .isEqualTo(
            new ImportSummary(out, 10_000, Shape.of(1, 28, 28), ElementType.UINT8, true, 10, 0));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.range(0, 10).labels()).containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
      float[] picture = new float[784];
      data.read(0, 1, picture, 0);
      // The first pixels of the first picture's ink: row 7, from column 6.
      assertThat(picture[7 * 28 + 5]).isZero();
      assertThat(picture[7 * 28 + 6]).isEqualTo(84);
      assertThat(picture[7 * 28 + 7]).isEqualTo(185);
    }
  }

  /** The folder that holds data sets, from the build's environment or beside the repository. */
  private static Path testData() {
    String named = System.getProperty("WTA_TEST_DATA", System.getenv("WTA_TEST_DATA"));
    return named != null
        ? Path.of(named)
        : Stream.of("../shared/data", "../../shared/data", "../../../shared/data")
            .map(Path::of)
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(Path.of("../shared/data"));
  }
}
