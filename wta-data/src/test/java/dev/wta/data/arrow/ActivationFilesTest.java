package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Cases;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.array.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations in the files that other tools leave. */
class ActivationFilesTest {
  private static final String HOOK = "blocks.0.hook_mlp_out";
  private static final int ROWS = 200;
  private static final int CONTEXT = 3;
  private static final int WIDTH = 4;

  @TempDir Path folder;

  private static float[] all(Dataset data) {
    float[] values = new float[Math.toIntExact(data.size() * data.sampleShape().size())];
    data.read(0, data.size(), values, 0);
    return values;
  }

  /** What the script that made the files put there. */
  private static float hook(int place) {
    return place % 97 / 8f;
  }

  private static void refused(Path path, ReadOptions options, String... messages) {
    assertThatThrownBy(() -> DatasetFile.open(path, options).close())
        .isInstanceOf(WtaException.class)
        .hasMessageContainingAll(messages);
  }

  /** {@code list<fixed_size_list<float16>[4]>} of three each, packed by pyarrow. */
  @ParameterizedTest
  @ValueSource(strings = {"activations-lz4.feather", "activations-zstd.feather"})
  void packedSequencesOfHalfFloats(String name) {
    try (Dataset data =
        DatasetFile.open(Cases.path(name), ReadOptions.DEFAULTS.column(HOOK).label("group"))) {
      assertThat(data.size()).isEqualTo(ROWS * CONTEXT);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(WIDTH));
      assertThat(data.elementType()).isEqualTo(ElementType.FLOAT32);
      float[] values = all(data);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(hook(i));
      }
      int[] labels = data.labels();
      for (int i = 0; i < labels.length; i++) {
        assertThat(labels[i]).isEqualTo(i / CONTEXT % 3);
        assertThat(data.sourceRow(i)).isEqualTo(i / CONTEXT);
      }
    }
  }

  @Test
  void aRowMayBeOneSample() {
    ReadOptions whole = ReadOptions.DEFAULTS.column(HOOK).rows(Rows.SAMPLE);
    try (Dataset data = DatasetFile.open(Cases.path("activations-lz4.feather"), whole)) {
      assertThat(data.size()).isEqualTo(ROWS);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, CONTEXT, WIDTH));
    }
  }

  @Test
  void samplesAreDroppedByTheirTokens() {
    ReadOptions options =
        ReadOptions.DEFAULTS
            .column(HOOK)
            .label("group")
            .drop(new ReadOptions.Drop("token_ids", Set.of(0L, 3L)));
    try (Dataset data = DatasetFile.open(Cases.path("activations-zstd.feather"), options)) {
      float[] values = all(data);
      int[] labels = data.labels();
      int sample = 0;
      for (int place = 0; place < ROWS * CONTEXT; place++) {
        if (place % 5 != 0 && place % 5 != 3) {
          assertThat(values[sample * WIDTH]).isEqualTo(hook(place * WIDTH));
          assertThat(labels[sample]).isEqualTo(place / CONTEXT % 3);
          sample++;
        }
      }
      assertThat(data.size()).isEqualTo(sample);
    }
    Path file = Cases.path("activations-zstd.feather");
    refused(file, drop("none", 1), "no column 'none'", "token_ids");
    refused(file, drop("group", 1), "has 200 values for 600 samples");
    refused(file, drop("token_ids", 0, 1, 2, 3, 4), "leaves no sample");
  }

  private static ReadOptions drop(String column, long... values) {
    return ReadOptions.DEFAULTS
        .column(HOOK)
        .drop(new ReadOptions.Drop(column, Set.copyOf(Arrays.stream(values).boxed().toList())));
  }

  @Test
  void sequencesMayDifferInLength() {
    ReadOptions options = ReadOptions.DEFAULTS.column("acts");
    try (Dataset data = DatasetFile.open(Cases.path("ragged.feather"), options)) {
      assertThat(data.size()).isEqualTo(5); // of 2, 0 and 3 positions
      assertThat(data.sampleShape()).isEqualTo(Shape.of(WIDTH));
      assertThat(all(data)).startsWith(0, 1, 2).endsWith(18, 19);
      assertThat(data.labels()).containsExactly(7, 7, 9, 9, 9);
    }
  }

  @Test
  void columnsThatAreNotThereAreNamed() {
    Path file = Cases.path("activations-lz4.feather");
    refused(file, ReadOptions.DEFAULTS.column("resid"), "no column 'resid'", HOOK);
    refused(file, ReadOptions.DEFAULTS.column(HOOK).label("y"), "no column 'y'", "group");
  }

  @ParameterizedTest
  @CsvSource({"activations-lz4.feather, 04224d18, LZ4", "activations-zstd.feather, 28b52ffd, ZSTD"})
  void aBrokenFrameIsAnErrorOfTheFile(String name, String magic, String codec) throws IOException {
    byte[] bytes = Files.readAllBytes(Cases.path(name));
    int frame = HexFormat.of().formatHex(bytes).indexOf(magic) / 2;
    bytes[frame] = 0;
    Path file = Files.write(folder.resolve("broken.feather"), bytes);
    refused(
        file,
        ReadOptions.DEFAULTS.column(HOOK),
        "broken.feather is damaged: record batch 0 cannot be unpacked (a broken frame of " + codec);
    bytes[frame - 1] = 1; // the length before it, by far too much
    Files.write(file, bytes);
    refused(file, ReadOptions.DEFAULTS.column(HOOK), "broken.feather is damaged", "should hold");
  }

  @Test
  void damageToPackedFilesIsAnErrorOfTheFile() throws IOException {
    damage(new Random(1), 25);
  }

  @Tag("slow")
  @Test
  void muchDamageToPackedFilesIsAnErrorOfTheFile() throws IOException {
    damage(new Random(2), 500);
  }

  private void damage(Random random, int times) throws IOException {
    for (String name : List.of("activations-lz4.feather", "activations-zstd.feather")) {
      byte[] whole = Files.readAllBytes(Cases.path(name));
      for (int i = 0; i < times; i++) {
        byte[] damaged = whole.clone();
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        Path file = Files.write(folder.resolve("damaged.feather"), damaged);
        try (Dataset data = DatasetFile.open(file, ReadOptions.DEFAULTS.column(HOOK))) {
          all(data);
        } catch (WtaException expected) {
          assertThat(expected.remedy()).isNotEmpty();
          assertThat(expected).hasMessageContaining("damaged.feather");
          assertThat(Throwables.getStackTrace(expected)).doesNotContain("leaked");
        }
      }
    }
  }

  @Test
  void safetensorsAreReadInPlace() throws IOException {
    Path file = Cases.path("activations.safetensors");
    try (Dataset data = DatasetFile.open(file, ReadOptions.DEFAULTS.column("acts"))) {
      assertThat(data.size()).isEqualTo(6); // 2 rows of 3 positions
      assertThat(data.sampleShape()).isEqualTo(Shape.of(WIDTH));
      float[] values = all(data);
      for (int i = 0; i < 24; i++) {
        assertThat(values[i]).isEqualTo(i / 8f); // exact in bfloat16
      }
    }
    refused(file, ReadOptions.DEFAULTS, "several tensors", "acts");
    refused(file, ReadOptions.DEFAULTS.column("ids"), "no tensor of samples 'ids'");
    refused(file, drop("token_ids", 0), "an array, without a column 'token_ids'");
    byte[] whole = Files.readAllBytes(file);
    Path cut = Files.write(folder.resolve("x.safetensors"), Arrays.copyOf(whole, whole.length - 1));
    refused(cut, ReadOptions.DEFAULTS, "cut short or damaged");
    Files.write(cut, new byte[100]);
    refused(cut, ReadOptions.DEFAULTS, "no safetensors file");
  }

  @Test
  void numberedArraysAreOneDataSet() throws IOException {
    for (int shard : new int[] {10, 9, 2}) {
      Files.write(folder.resolve("acts_%d.npy".formatted(shard)), npy("<f4", 2, 3, shard));
    }
    try (Dataset data = DatasetFile.open(folder)) {
      assertThat(data.size()).isEqualTo(6);
      assertThat(all(data))
          .containsExactly(2, 2, 2, 2, 2, 2, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10);
      float[] across = new float[6];
      data.read(1, 2, across, 0);
      assertThat(across).containsExactly(2, 2, 2, 9, 9, 9);
    }
    Files.write(folder.resolve("acts_11.npy"), npy("<f4", 2, 4, 1));
    refused(folder, ReadOptions.DEFAULTS, "differs from", "shape");
    Files.write(folder.resolve("labels.npy"), npy("<f4", 2, 4, 1));
    refused(folder, ReadOptions.DEFAULTS, "differ in more than a number");
  }

  @Test
  void arraysAreReadInPlace() throws IOException {
    Path file = Files.write(folder.resolve("x.npy"), npy("<f4", 4, 3, 1.5f));
    try (Dataset data = DatasetFile.open(file)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(3));
      assertThat(all(data)).hasSize(12).containsOnly(1.5f);
      assertThatThrownBy(data::labels).hasMessageContaining("has no labels");
    }
    Files.write(file, npy("<f8", 4, 3, 1));
    refused(file, ReadOptions.DEFAULTS, "FLOAT64, which is not read in place", "wta import npy");
    byte[] whole = npy("<f4", 4, 3, 1);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    refused(file, ReadOptions.DEFAULTS, "x.npy is cut short");
    Files.write(file, Arrays.copyOf(whole, 20));
    refused(file, ReadOptions.DEFAULTS, "x.npy is cut short");
  }

  private static byte[] npy(String type, int rows, int columns, float value) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(type, rows, columns);
    int length = 118; // a header of 128 bytes
    int numbers = rows * columns * (type.charAt(2) - '0');
    ByteBuffer bytes = ByteBuffer.allocate(10 + length + numbers).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1)).putShort((short) length);
    bytes.put(
        (header + " ".repeat(length - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    while (bytes.remaining() >= Float.BYTES) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  @Test
  void splitsOfADatasetDictAreFolders() throws IOException {
    Path train = Files.createDirectory(folder.resolve("train"));
    for (String name : List.of("data-00000-of-00002.arrow", "data-00001-of-00002.arrow")) {
      Files.copy(Cases.path("hf-two-shards/" + name), train.resolve(name));
    }
    Files.copy(Cases.path("hf-two-shards/state.json"), train.resolve("state.json"));
    Files.writeString(folder.resolve("dataset_dict.json"), "{\"splits\": [\"train\"]}");
    try (Dataset data = DatasetFile.open(Path.of(folder + ":train"))) {
      assertThat(data.size()).isEqualTo(66);
    }
    try (Dataset data = DatasetFile.open(train)) {
      assertThat(data.size()).isEqualTo(66);
    }
  }

  @Test
  void splitsAreFilesThatAreNamedAfterThem() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data")); // as on Hugging Face's hub
    Files.writeString(folder.resolve("README.md"), "no data");
    for (int shard = 0; shard < 2; shard++) {
      Files.write(
          data.resolve("train-0000%d-of-00002.npy".formatted(shard)), npy("<f4", 2, 3, shard));
    }
    Files.copy(
        Cases.path("parquet/snappy.parquet"), data.resolve("validation-00000-of-00001.parquet"));
    Path train = Path.of(folder + ":train");
    try (Dataset opened = DatasetFile.open(train)) {
      assertThat(opened.name()).isEqualTo(folder + ":train");
      assertThat(all(opened)).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    }
    try (Dataset opened = DatasetFile.open(Path.of(data + ":validation"))) {
      assertThat(opened.size()).isPositive();
    }
    refused(
        Path.of(folder + ":test"),
        ReadOptions.DEFAULTS,
        "has no split 'test'",
        "it has train, validation");
    refused(folder, ReadOptions.DEFAULTS, "differ in more than a number", folder + ":train");
    Files.delete(data.resolve("train-00000-of-00002.npy"));
    refused(train, ReadOptions.DEFAULTS, "is one of 2 files, of which 1 is there");
  }
}
