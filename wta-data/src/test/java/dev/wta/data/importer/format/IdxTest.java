package dev.wta.data.importer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int FLOAT = 0x0D;

  @TempDir Path folder;

  private Path images;
  private Path labels;
  private Path out;

  @BeforeEach
  void names() {
    images = folder.resolve("images-idx3-ubyte");
    labels = folder.resolve("labels-idx1-ubyte");
    out = folder.resolve("data.arrow");
  }

  private static byte[] header(int type, int... extents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      data.writeShort(0);
      data.writeByte(type);
      data.writeByte(extents.length);
      for (int extent : extents) {
        data.writeInt(extent);
      }
    }
    return bytes.toByteArray();
  }

  /** Values that count on from 0. */
  private static byte[] idx(int type, int... extents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int values = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      data.write(header(type, extents));
      for (int i = 0; i < values; i++) {
        if (type == FLOAT) {
          data.writeFloat(i / 2f);
        } else {
          data.writeByte(i);
        }
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private ImportSummary convert() {
    return Idx.convert(
        images,
        Files.exists(labels) ? Optional.of(labels) : Optional.empty(),
        ImportTarget.to(out));
  }

  private void assertRefused(Path file, String problem, String remedy) throws IOException {
    List<String> before = files();
    assertThatThrownBy(this::convert)
        .isInstanceOf(WtaException.class)
        .satisfies(
            refused -> {
              WtaException explained = (WtaException) refused;
              assertThat(explained.problem()).contains(problem).contains(file.toString());
              assertThat(explained.remedy()).contains(remedy);
              assertThat(explained.getMessage()).doesNotContain("\n");
            });
    assertThat(files()).isEqualTo(before);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {UNSIGNED_BYTE, FLOAT})
  void takesAtMostSoManySpreadEvenly(int type) throws IOException {
    int side = 300; // so that the samples come in several chunks
    Files.write(images, idx(type, 100, side, side));
    Files.write(labels, idx(UNSIGNED_BYTE, 100));
    ImportSummary summary = Idx.convert(images, Optional.of(labels), ImportTarget.to(out).limit(8));
    assertThat(summary.samples()).isEqualTo(8);
    assertThat(summary.unreadable()).isZero();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 13, 25, 38, 50, 63, 75, 88);
      assertThat(data.metadata()).containsEntry("wta.limit", "8 of 100");
      float[] value = new float[8 * side * side];
      data.read(0, 8, value, 0);
      int first = 13 * side * side; // of the second sample
      assertThat(value[side * side]).isEqualTo(type == FLOAT ? first / 2f : (float) (first & 0xff));
    }
    assertThat(Idx.convert(images, Optional.of(labels), ImportTarget.to(out).limit(100)).samples())
        .isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void picturesWithLabels(boolean compressed) throws IOException {
    byte[] pictures = idx(UNSIGNED_BYTE, 100, 3, 4);
    byte[] classes = idx(UNSIGNED_BYTE, 100);
    Files.write(images, compressed ? gzip(pictures) : pictures);
    Files.write(labels, compressed ? gzip(classes) : classes);
    ImportSummary summary = convert();
    assertThat(summary)
        .isEqualTo(new ImportSummary(out, 100, Shape.of(1, 3, 4), ElementType.UINT8, true, 100, 0));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 3, 4));
      assertThat(data.labels()[99]).isEqualTo(99);
      float[] values = new float[1200];
      data.read(0, 100, values, 0);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(i % 256);
      }
      assertThat(data.metadata())
          .containsEntry("wta.import", "idx")
          .containsEntry("wta.images", "images-idx3-ubyte")
          .containsEntry("wta.labels", "labels-idx1-ubyte")
          .containsKey("wta.version");
    }
  }

  @Test
  void labelsAreOptional() throws IOException {
    Files.write(images, idx(UNSIGNED_BYTE, 5, 3, 4));
    assertThat(convert().labelled()).isFalse();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labelled()).isFalse();
      assertThat(data.size()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({"'6,12', 12", "'6,2,3', 1x2x3", "'6,3,2,2', 3x2x2"})
  void axesBecomeTheSampleShape(String extents, String shape) throws IOException {
    int[] axes = Arrays.stream(extents.split(",")).mapToInt(Integer::parseInt).toArray();
    Files.write(images, idx(UNSIGNED_BYTE, axes));
    assertThat(convert().sample()).hasToString(shape);
  }

  @Test
  void floats() throws IOException {
    Files.write(images, idx(FLOAT, 5, 4));
    assertThat(convert().type()).isEqualTo(ElementType.FLOAT32);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = new float[4];
      data.read(4, 1, values, 0);
      assertThat(values).containsExactly(8, 8.5f, 9, 9.5f);
    }
  }

  @Test
  void samplesOfManyRecordBatches() throws IOException {
    Files.write(images, gzip(idx(UNSIGNED_BYTE, 9000, 28, 28)));
    convert();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = new float[784];
      data.read(8999, 1, values, 0);
      assertThat(values[783]).isEqualTo((9000 * 784 - 1) % 256);
    }
  }

  @Test
  void anImportReplacesWhatWasThere() throws IOException {
    Files.writeString(out, "old");
    Files.write(images, idx(UNSIGNED_BYTE, 5, 3, 4));
    convert();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.size()).isEqualTo(5);
    }
  }

  @Test
  void missingFiles() throws IOException {
    assertRefused(images, "does not exist", "check the path");
    Files.write(images, idx(UNSIGNED_BYTE, 5, 3, 4));
    assertThatThrownBy(() -> Idx.convert(images, Optional.of(labels), ImportTarget.to(out)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(labels + " does not exist");
    assertThat(out).doesNotExist();
  }

  @Test
  void aFolder() throws IOException {
    Files.createDirectory(images);
    assertRefused(images, "is a folder", "give an IDX file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "PAR1 and so on", "\0\0\7\3and so on", "\0\1\10\3and so on"})
  void otherFiles(String content) throws IOException {
    Files.write(images, content.getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(images, "is not an IDX file", "train-images-idx3-ubyte.gz");
  }

  @Test
  void headersThatMakeNoSense() throws IOException {
    Files.write(images, header(UNSIGNED_BYTE, 1, 1, 1, 1, 1));
    assertRefused(images, "has 5 axes", "1 to 4");
    Files.write(images, header(UNSIGNED_BYTE));
    assertRefused(images, "has 0 axes", "1 to 4");
    Files.write(images, header(UNSIGNED_BYTE, 0, 28, 28));
    assertRefused(images, "has the extents [0, 28, 28]", "empty or damaged");
    Files.write(images, header(UNSIGNED_BYTE, 10, -28, 28));
    assertRefused(images, "has the extents [10, 4294967268, 28]", "empty or damaged");
    Files.write(images, header(UNSIGNED_BYTE, Integer.MAX_VALUE, 65536, 65536));
    assertRefused(images, "has the extents", "empty or damaged");
  }

  @Test
  void valuesOfOtherTypes() throws IOException {
    byte[] shorts = idx(UNSIGNED_BYTE, 5, 4, 2);
    shorts[2] = 0x0B;
    shorts[15] = 1;
    Files.write(images, shorts);
    assertRefused(images, "holds values of type SHORT", "unsigned bytes or floats");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutShort(boolean compressed) throws IOException {
    byte[] whole = idx(UNSIGNED_BYTE, 100, 3, 4);
    byte[] file = compressed ? gzip(whole) : whole;
    for (int length : new int[] {5, 10, 15, 17, file.length - 9, file.length - 1}) {
      Files.write(images, Arrays.copyOf(file, length));
      assertRefused(images, "cut short", "get it again");
    }
  }

  @Test
  void aCompressedFileThatHoldsLessThanItSays() throws IOException {
    byte[] whole = idx(UNSIGNED_BYTE, 100, 3, 4);
    Files.write(images, gzip(Arrays.copyOf(whole, whole.length - 1)));
    assertRefused(images, "cut short", "get it again");
    Files.write(images, gzip(header(UNSIGNED_BYTE, 1 << 30, 1 << 14, 1 << 14)));
    assertRefused(images, "cut short", "get it again");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trailingBytes(boolean compressed) throws IOException {
    byte[] whole = idx(UNSIGNED_BYTE, 100, 3, 4);
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    Files.write(images, compressed ? gzip(longer) : longer);
    assertRefused(
        images, compressed ? "has bytes after its 100 samples" : "is damaged", "get it again");
  }

  @Test
  void damagedCompression() throws IOException {
    byte[] file = gzip(idx(UNSIGNED_BYTE, 100, 3, 4));
    file[file.length - 6] ^= 1; // in the checksum
    Files.write(images, file);
    assertRefused(images, "is damaged", "get it again");
    for (int at = 10; at < file.length - 8; at += 7) {
      byte[] damaged = gzip(idx(UNSIGNED_BYTE, 100, 3, 4));
      damaged[at] ^= 0x55;
      Files.write(images, damaged);
      assertThatThrownBy(this::convert)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining(images.toString());
      assertThat(out).doesNotExist();
    }
  }

  @Test
  void picturesAndLabelsSwapped() throws IOException {
    Files.write(images, idx(UNSIGNED_BYTE, 100));
    Files.write(labels, idx(UNSIGNED_BYTE, 100, 3, 4));
    assertRefused(images, "100 numbers, as labels do", "images with --images");
    Files.write(images, idx(UNSIGNED_BYTE, 100, 3, 4));
    assertRefused(labels, "extents 100x3x4, and not labels", "--labels");
  }

  @Test
  void labelsOfAnotherSet() throws IOException {
    Files.write(images, idx(UNSIGNED_BYTE, 100, 3, 4));
    Files.write(labels, idx(UNSIGNED_BYTE, 99));
    assertRefused(labels, "has 99 labels, and " + images + " has 100 images", "belong together");
  }

  @Test
  void placesThatCannotBeWritten() throws IOException {
    Files.write(images, idx(UNSIGNED_BYTE, 100, 3, 4));
    out = folder.resolve("missing/data.arrow");
    assertRefused(out.getParent(), "there is no folder", "create it first");
    out = folder;
    assertRefused(out, "is a folder", "such as one in it");
    out = images;
    assertRefused(images, "write over its own source", "--out");
    assertThat(images).hasBinaryContent(idx(UNSIGNED_BYTE, 100, 3, 4));
  }
}
