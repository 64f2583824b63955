package dev.wta.data.arrow;

import static dev.wta.data.arrow.ForeignArrow.FLOAT32;
import static dev.wta.data.arrow.ForeignArrow.FLOAT64;
import static dev.wta.data.arrow.ForeignArrow.INT64;
import static dev.wta.data.arrow.ForeignArrow.LIST;
import static dev.wta.data.arrow.ForeignArrow.UINT8;
import static dev.wta.data.arrow.ForeignArrow.field;
import static dev.wta.data.arrow.ForeignArrow.fixed;
import static dev.wta.data.arrow.ForeignArrow.nested;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.arrow.ForeignArrow.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The error of a file is one line: what is wrong, where, and the remedy. */
class ArrowErrorsTest {
  @TempDir Path folder;

  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("data.arrow");
  }

  private void assertRefused(String problem, String remedy) {
    assertThatThrownBy(() -> ArrowDataset.open(path).close())
        .isInstanceOf(WtaException.class)
        .satisfies(
            refused -> {
              WtaException explained = (WtaException) refused;
              assertThat(explained.problem()).contains(problem).contains("data.arrow");
              assertThat(explained.remedy()).contains(remedy);
              assertThat(explained.getMessage()).doesNotContain("\n");
            });
  }

  private void write(Format format, BiConsumer<VectorSchemaRoot, Integer> fill, Field... fields) {
    ForeignArrow.write(path, format, new Schema(List.of(fields)), new int[] {3, 4}, fill);
  }

  private static void fillFour(VectorSchemaRoot root, int first) {
    ForeignArrow.fillCounting(root.getVector(0), root.getRowCount(), new int[] {4}, first * 4);
  }

  private static void leaveEmpty(VectorSchemaRoot root, int first) {
    root.allocateNew();
  }

  @Test
  void missing() {
    assertRefused("does not exist", "check the path");
  }

  @Test
  void folder() throws IOException {
    Files.createDirectory(path);
    assertRefused("is a folder", "give a file");
  }

  @Test
  void pipe() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    assertRefused("is a pipe or a device, and no file", "copy what it sends to a file");
  }

  @Test
  void emptyFile() throws IOException {
    Files.createFile(path);
    assertRefused("is empty", "copy or write it again");
  }

  @ParameterizedTest
  @CsvSource({
    "PAR1, a Parquet file, write_feather",
    "FEA1, Feather file of version 1, write it as version 2",
    "'PK\u0003\u0004', a ZIP archive, give the Arrow file in it",
    "'\u0000\u0000\u0008\u0003', an IDX file, wta import idx",
    "'\u001f\u008b', compressed with gzip, decompress it",
    "'(\u00b5/\u00fd', compressed with Zstandard, decompress it",
    "'\u0093NUMPY', a NumPy array, end its name with .npy",
    "'\u0089HDF', an HDF5 file, write its arrays as Arrow"
  })
  void otherFormats(String magic, String problem, String remedy) throws IOException {
    Files.write(path, (magic + "and more of it").getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(problem, remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "hello, world, this is text", "{\"label\": 3, \"image\": [1, 2]}"})
  void somethingElse(String content) throws IOException {
    Files.writeString(path, content);
    assertThatThrownBy(() -> ArrowDataset.open(path)).isInstanceOf(WtaException.class);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void noRows(Format format) {
    ForeignArrow.write(
        path,
        format,
        new Schema(List.of(nested("image", UINT8, fixed(4)))),
        new int[] {0},
        (root, first) -> {});
    assertRefused("has no samples", "at least one row");
  }

  @Test
  void noColumns() {
    ForeignArrow.write(path, Format.FILE, new Schema(List.of()), new int[] {}, (root, first) -> {});
    assertRefused("has no columns", "fixed-size lists of uint8 or float32");
  }

  @Test
  void doubles() {
    write(Format.FILE, ArrowErrorsTest::leaveEmpty, nested("image", FLOAT64, LIST, LIST));
    assertRefused("only 'image' (list<list<float64>>)", "cast 'image' to lists of float32");
  }

  @Test
  void encodedPictures() {
    Field image =
        field(
            "image",
            new ArrowType.Struct(),
            field("bytes", new ArrowType.Binary()),
            field("path", new ArrowType.Utf8()));
    write(Format.STREAM, ArrowErrorsTest::leaveEmpty, image, field("label", INT64));
    assertRefused(
        "only 'image' (struct<bytes, path>), 'label' (int64)", "decode the pictures in 'image'");
  }

  @Test
  void severalColumnsWithoutAKnownName() {
    write(
        Format.FILE,
        ArrowErrorsTest::leaveEmpty,
        nested("left", UINT8, fixed(4)),
        nested("right", FLOAT32, fixed(2)));
    assertRefused(
        "several columns that could hold the samples: left, right", "choose with --column");
  }

  @Test
  void aKnownNameDecidesBetweenSeveralColumns() {
    write(
        Format.FILE,
        (root, first) -> {
          ForeignArrow.fillCounting(root.getVector(0), root.getRowCount(), new int[] {2}, 0);
          ForeignArrow.fillCounting(
              root.getVector(1), root.getRowCount(), new int[] {4}, first * 4);
        },
        nested("box", FLOAT32, fixed(2)),
        nested("pixels", UINT8, fixed(4)));
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(4));
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void nullRow(Format format) {
    write(
        format,
        (root, first) -> {
          fillFour(root, first);
          if (first == 3) {
            ((FixedSizeListVector) root.getVector(0)).setNull(2);
          }
        },
        nested("image", UINT8, fixed(4)));
    assertRefused("row 5 of column 'image'", "drop rows with nulls");
    assertRefused("is null", "drop rows with nulls");
  }

  @Test
  void nullValue() {
    write(
        Format.FILE,
        (root, first) -> {
          fillFour(root, first);
          if (first == 3) {
            ((FixedSizeListVector) root.getVector(0)).getDataVector().setNull(7);
          }
        },
        nested("image", UINT8, fixed(4)));
    assertRefused("row 4 of column 'image'", "drop rows with nulls");
    assertRefused("has a null in it", "drop rows with nulls");
  }

  @Test
  void listsOfDifferentLengths() {
    write(
        Format.STREAM,
        (root, first) -> {
          ListVector list = (ListVector) root.getVector(0);
          list.allocateNew();
          int values = 0;
          for (int i = 0; i < root.getRowCount(); i++) {
            int length = first + i == 5 ? 3 : 4;
            list.startNewValue(i);
            list.endValue(i, length);
            values += length;
          }
          ForeignArrow.fillCounting(list.getDataVector(), values, new int[0], 0);
        },
        nested("image", UINT8, LIST));
    assertRefused("row 5 of column 'image'", "give all samples one shape");
    assertRefused("has a list of 3, those before have 4", "give all samples one shape");
  }

  @Test
  void emptyLists() {
    write(
        Format.STREAM,
        (root, first) ->
            ForeignArrow.fillCounting(root.getVector(0), root.getRowCount(), new int[] {0}, 0),
        nested("image", UINT8, LIST));
    assertRefused("samples of 0 values in column 'image'", "give samples of 1 to");
  }

  private void writeTensor(String metadata) {
    write(
        Format.FILE,
        ArrowErrorsTest::fillFour,
        field(
            "image",
            fixed(4),
            Map.of(
                "ARROW:extension:name",
                "arrow.fixed_shape_tensor",
                "ARROW:extension:metadata",
                metadata),
            field("item", UINT8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"shape\":[3,2]}|has the shape 3x2, and its lists have 4 values|right shape",
        "{\"shape\":[2,2],\"permutation\":[1,0]}|with its axes permuted|without a permutation",
        "{\"shape\":[-2,-2]}|no readable tensor shape|such as",
        "{\"shape\":[]}|no readable tensor shape|such as",
        "{\"shape\":[2,2|no readable tensor shape|such as",
        "{}|no readable tensor shape|such as"
      })
  void tensorShapes(String metadata, String problem, String remedy) {
    writeTensor(metadata);
    assertRefused(problem, remedy);
  }

  @Test
  void anIdentityPermutationIsNone() {
    writeTensor("{\"shape\":[2,2],\"permutation\":[0,1]}");
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 2, 2));
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void cutShort(Format format) throws IOException {
    write(format, ArrowErrorsTest::fillFour, nested("image", UINT8, fixed(4)));
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length - 100));
    assertRefused("is cut short", "copy or write it again");
  }

  @Test
  void aStreamWithoutItsEndMarkIsStillRead() throws IOException {
    write(Format.STREAM, ArrowErrorsTest::fillFour, nested("image", UINT8, fixed(4)));
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length - 8));
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.size()).isEqualTo(7);
    }
  }

  @Test
  void twoStreamsInOneFile() throws IOException {
    write(Format.STREAM, ArrowErrorsTest::fillFour, nested("image", UINT8, fixed(4)));
    byte[] whole = Files.readAllBytes(path);
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(whole);
    twice.write(whole);
    Files.write(path, twice.toByteArray());
    assertRefused("has bytes after the end of its stream", "one stream a file");
  }

  @Test
  void aPaddedStreamIsRead() throws IOException {
    write(Format.STREAM, ArrowErrorsTest::fillFour, nested("image", UINT8, fixed(4)));
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length + 32));
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.size()).isEqualTo(7);
    }
  }
}
