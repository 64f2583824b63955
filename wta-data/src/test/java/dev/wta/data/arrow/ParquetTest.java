package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.array.Rows;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet files of pyarrow and Hugging Face, which tools/oracles/make_parquet.py wrote. */
@Timeout(120)
class ParquetTest {
  private static final int ROWS = 300;
  private static final int WIDTH = 4;

  @TempDir private Path folder;

  private static Path file(String name) {
    try {
      return Path.of(
          ParquetTest.class
              .getResource("/dev/wta/data/cases/parquet/" + name + ".parquet")
              .toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Dataset open(String name) {
    return DatasetFile.open(file(name));
  }

  /** The numbers that the script wrote, from number {@code from} on. */
  private static float[] numbers(int from, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = ((from + i) % 251 - 125) / 8f;
    }
    return numbers;
  }

  private static float[] all(Dataset data) {
    float[] values = new float[Math.toIntExact(data.size() * data.sampleShape().size())];
    data.read(0, data.size(), values, 0);
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "half-zstd", "double-gzip", "split"})
  void listsOfFloatsAreSamples(String name) {
    try (Dataset data = open(name)) {
      assertThat(data.size()).isEqualTo(ROWS);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(WIDTH));
      assertThat(data.elementType()).isEqualTo(ElementType.FLOAT32);
      assertThat(all(data)).isEqualTo(numbers(0, ROWS * WIDTH));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "double-gzip"})
  void labelsComeAlong(String name) {
    try (Dataset data = open(name)) {
      int[] expected = new int[ROWS];
      Arrays.setAll(expected, row -> row % 3);
      assertThat(data.labels()).isEqualTo(expected);
    }
  }

  @Test
  void aTensorHasItsShape() {
    try (Dataset data =
        DatasetFile.open(file("tensor-lz4"), ReadOptions.DEFAULTS.rows(Rows.SAMPLE))) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 2, 2));
      assertThat(all(data)).isEqualTo(numbers(0, ROWS * WIDTH));
    }
  }

  @Test
  void sequencesAreTheirVectors() {
    try (Dataset data = open("sequences")) {
      assertThat(data.size()).isEqualTo(80);
      assertThat(all(data)).isEqualTo(numbers(0, 80 * WIDTH));
    }
    ReadOptions.Drop zeros = new ReadOptions.Drop("token_ids", Set.of(0L));
    try (Dataset data = DatasetFile.open(file("sequences"), ReadOptions.DEFAULTS.drop(zeros))) {
      assertThat(data.size()).isEqualTo(80 - 12);
      float[] first = new float[WIDTH];
      data.read(0, 1, first, 0);
      assertThat(first).isEqualTo(numbers(WIDTH, WIDTH)); // the sample of token 1
    }
  }

  @Test
  void huggingFacesClassNamesAreRead() {
    try (Dataset data = open("huggingface")) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 2, 2));
      assertThat(data.elementType()).isEqualTo(ElementType.UINT8);
      assertThat(data.classNames()).isEqualTo(Optional.of(List.of("cat", "dog", "owl")));
      float[] values = all(data);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(i % 251);
      }
    }
  }

  @Test
  void numberedFilesOfAFolderAreOneDataSet() throws IOException {
    Files.copy(file("snappy"), folder.resolve("train-00000-of-00002.parquet"));
    Files.copy(file("snappy"), folder.resolve("train-00001-of-00002.parquet"));
    try (Dataset data = DatasetFile.open(folder)) {
      assertThat(data.size()).isEqualTo(2 * ROWS);
      float[] second = new float[ROWS * WIDTH];
      data.read(ROWS, ROWS, second, 0);
      assertThat(second).isEqualTo(numbers(0, ROWS * WIDTH));
    }
  }

  @Test
  void whatIsNotReadIsNamed() {
    assertRefused("brotli", "brotli.parquet is compressed with BROTLI, which is not read");
    assertRefused("null-row", "row 17 of column 'acts' in", "is null");
    assertRefused("null-number", "row 17 of column 'acts' in", "has a null in it");
    assertThatThrownBy(
            () -> DatasetFile.open(file("snappy"), ReadOptions.DEFAULTS.column("latents")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has no column 'latents' of samples; choose with --column: acts");
  }

  private static void assertRefused(String name, String... parts) {
    assertThatThrownBy(() -> open(name).close())
        .isInstanceOf(WtaException.class)
        .message()
        .contains(parts);
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file("snappy"));
    Path cut = folder.resolve("cut.parquet");
    for (int length = 4; length < whole.length; length += 97) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> DatasetFile.open(cut).close())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("cut.parquet");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "half-zstd", "double-gzip", "sequences", "tensor-lz4"})
  void damagedFilesAreReadOrRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(file(name));
    Random random = new Random(name.hashCode());
    Path path = folder.resolve("damaged.parquet");
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      int at =
          i % 2 == 0
              ? random.nextInt(whole.length)
              : whole.length - 1 - random.nextInt(Math.min(whole.length, 600));
      damaged[at] = (byte) random.nextInt(256);
      Files.write(path, damaged);
      try (Dataset data = DatasetFile.open(path, ReadOptions.DEFAULTS.rows(Rows.SEQUENCE))) {
        all(data);
        outcomes.add("read");
      } catch (WtaException refused) {
        assertThat(refused).hasMessageContaining("damaged");
        outcomes.add("refused");
      }
    }
    assertThat(outcomes).contains("read", "refused");
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(path);
    }
  }
}
