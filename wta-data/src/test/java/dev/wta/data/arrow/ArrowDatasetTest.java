package dev.wta.data.arrow;

import static dev.wta.data.arrow.ForeignArrow.FLOAT32;
import static dev.wta.data.arrow.ForeignArrow.INT64;
import static dev.wta.data.arrow.ForeignArrow.LARGE_LIST;
import static dev.wta.data.arrow.ForeignArrow.LIST;
import static dev.wta.data.arrow.ForeignArrow.UINT8;
import static dev.wta.data.arrow.ForeignArrow.field;
import static dev.wta.data.arrow.ForeignArrow.fixed;
import static dev.wta.data.arrow.ForeignArrow.nested;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.arrow.ForeignArrow.Format;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArrowDatasetTest {
  private static final int[] BATCHES = {3, 0, 1, 5, 2};
  private static final int ROWS = 11;

  @TempDir Path folder;

  static Stream<Arguments> columns() {
    return Stream.of(
            Arguments.of("fixed-size list", nested("image", UINT8, fixed(12)), Shape.of(12)),
            Arguments.of("floats", nested("features", FLOAT32, fixed(12)), Shape.of(12)),
            Arguments.of("picture", nested("image", UINT8, fixed(3), fixed(4)), Shape.of(1, 3, 4)),
            Arguments.of(
                "channels", nested("x", FLOAT32, fixed(2), fixed(2), fixed(3)), Shape.of(2, 2, 3)),
            Arguments.of("Array2D", nested("image", UINT8, LIST, LIST), Shape.of(1, 3, 4)),
            Arguments.of("Array3D", nested("image", FLOAT32, LIST, LIST, LIST), Shape.of(2, 2, 3)),
            Arguments.of("list", nested("image", UINT8, LIST), Shape.of(12)),
            Arguments.of("large list", nested("image", FLOAT32, LARGE_LIST), Shape.of(12)),
            Arguments.of(
                "mixed", nested("image", UINT8, LIST, fixed(2), LARGE_LIST), Shape.of(2, 2, 3)),
            Arguments.of(
                "tensor extension",
                field(
                    "image",
                    fixed(12),
                    Map.of(
                        "ARROW:extension:name",
                        "arrow.fixed_shape_tensor",
                        "ARROW:extension:metadata",
                        "{\"shape\":[3,2,2],\"dim_names\":[\"C\",\"H\",\"W\"]}"),
                    field("item", UINT8)),
                Shape.of(3, 2, 2)))
        .flatMap(
            row ->
                Stream.of(Format.values())
                    .map(format -> Arguments.of(row.get()[0], row.get()[1], row.get()[2], format)));
  }

  private static int[] lengths(Field column, Shape shape) {
    int depth = 0;
    for (Field level = column; SampleColumn.isList(level.getType()); depth++) {
      level = level.getChildren().getFirst();
    }
    int[] extents = shape.extents();
    return depth == 1
        ? new int[] {Math.toIntExact(shape.size())}
        : java.util.Arrays.copyOfRange(extents, extents.length - depth, extents.length);
  }

  private Path write(Field column, int[] lengths, Format format) {
    Path path = folder.resolve("data.arrow");
    int width = IntStream.of(lengths).reduce(1, (a, b) -> a * b);
    ForeignArrow.write(
        path,
        format,
        new Schema(
            List.of(field("id", new ArrowType.Utf8()), column, field("label", INT64)),
            Map.of("huggingface", "{\"info\": {\"features\": {}}}")),
        BATCHES,
        (root, first) -> {
          VarCharVector ids = (VarCharVector) root.getVector("id");
          BigIntVector labels = (BigIntVector) root.getVector("label");
          for (int i = 0; i < root.getRowCount(); i++) {
            ids.setSafe(
                i, ("row " + (first + i)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            labels.setSafe(i, (first + i) % 10);
          }
          ForeignArrow.fillCounting(root.getVector(1), root.getRowCount(), lengths, first * width);
        });
    return path;
  }

  @ParameterizedTest(name = "{0} in {3} format")
  @MethodSource("columns")
  void readsWhatOthersWrite(String name, Field column, Shape shape, Format format) {
    Path path = write(column, lengths(column, shape), format);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.size()).isEqualTo(ROWS);
      assertThat(data.sampleShape()).isEqualTo(shape);
      assertThat(data.name()).isEqualTo(path.toString());
      assertThat(data.labelled()).isTrue();
      assertThat(data.classes()).isEqualTo(10);
      assertThat(data.labels()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
      assertThat(data.metadata()).containsKey("huggingface");
      for (int from = 0; from <= ROWS; from++) {
        for (int count = 0; count <= ROWS - from; count++) {
          float[] values = new float[count * 12 + 2];
          data.read(from, count, values, 1);
          assertThat(values[0]).isZero();
          assertThat(values[count * 12 + 1]).isZero();
          for (int i = 0; i < count * 12; i++) {
            assertThat(values[i + 1]).isEqualTo(from * 12 + i);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void theDigestIsThatOfTheDataAndNotOfTheFile(Format format) {
    Path other = write(nested("image", UINT8, LIST, LIST, LIST), new int[] {1, 3, 4}, format);
    byte[] values = new byte[ROWS * 12];
    int[] labels = new int[ROWS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) i;
    }
    for (int i = 0; i < ROWS; i++) {
      labels[i] = i % 10;
    }
    Dataset same = MemoryDataset.of("same", Shape.of(1, 3, 4), values, labels);
    try (ArrowDataset data = ArrowDataset.open(other)) {
      assertThat(data.digest()).startsWith("sha256:").hasSize(71).isEqualTo(same.digest());
    }
    values[5]++;
    assertThat(MemoryDataset.of("other", Shape.of(1, 3, 4), values, labels).digest())
        .isNotEqualTo(same.digest());
    values[5]--;
    labels[5]++;
    assertThat(MemoryDataset.of("other", Shape.of(1, 3, 4), values, labels).digest())
        .isNotEqualTo(same.digest());
    labels[5]--;
    assertThat(MemoryDataset.of("other", Shape.of(12), values, labels).digest())
        .isNotEqualTo(same.digest());
  }

  @Test
  void readsOutsideTheDataAreRefused() {
    Path path = write(nested("image", UINT8, fixed(12)), new int[] {12}, Format.FILE);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      float[] target = new float[24];
      assertThatThrownBy(() -> data.read(10, 2, target, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(-1, 1, target, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> data.read(0, 2, target, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(target).containsOnly(0);
    }
  }

  @Test
  void aClosedDataSetIsNotRead() {
    ArrowDataset data =
        ArrowDataset.open(write(nested("image", UINT8, fixed(12)), new int[] {12}, Format.FILE));
    data.close();
    data.close();
    assertThatThrownBy(() -> data.read(0, 1, new float[12], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void viewsReadTheirRows() {
    Path path = write(nested("image", UINT8, fixed(12)), new int[] {12}, Format.STREAM);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      Dataset range = data.range(2, 7);
      assertThat(range.size()).isEqualTo(7);
      assertThat(range.labels()).containsExactly(2, 3, 4, 5, 6, 7, 8);
      Dataset chosen = range.subset(new int[] {6, 0, 0});
      chosen.close();
      assertThat(chosen.labels()).containsExactly(8, 2, 2);
      float[] values = new float[36];
      chosen.read(0, 3, values, 0);
      assertThat(values).startsWith(96, 97).endsWith(34, 35);
      assertThat(values[12]).isEqualTo(24);
      assertThatThrownBy(() -> data.range(5, 7)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
