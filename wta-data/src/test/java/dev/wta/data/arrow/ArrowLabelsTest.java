package dev.wta.data.arrow;

import static dev.wta.data.arrow.ForeignArrow.UINT8;
import static dev.wta.data.arrow.ForeignArrow.field;
import static dev.wta.data.arrow.ForeignArrow.fixed;
import static dev.wta.data.arrow.ForeignArrow.nested;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.ForeignArrow.Format;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ArrowLabelsTest {
  private static final int[] BATCHES = {2, 3};

  @TempDir Path folder;

  private Path write(Field label, long... values) {
    Path path = folder.resolve("data.arrow");
    ForeignArrow.write(
        path,
        Format.FILE,
        new Schema(List.of(nested("image", UINT8, fixed(4)), label)),
        BATCHES,
        (root, first) -> {
          ForeignArrow.fillCounting(
              root.getVector(0), root.getRowCount(), new int[] {4}, first * 4);
          FieldVector labels = root.getVector(1);
          labels.setInitialCapacity(root.getRowCount());
          labels.allocateNew();
          for (int i = 0; i < root.getRowCount(); i++) {
            ((BaseIntVector) labels).setWithPossibleTruncate(i, values[first + i]);
          }
          labels.setValueCount(root.getRowCount());
        });
    return path;
  }

  @ParameterizedTest
  @CsvSource({
    "8, true, 127",
    "8, false, 255",
    "16, true, 32767",
    "16, false, 65535",
    "32, true, 2147483646",
    "32, false, 2147483646",
    "64, true, 2147483646",
    "64, false, 2147483646"
  })
  void integersOfAnyWidthAreLabels(int bits, boolean signed, int largest) {
    Path path = write(field("label", new ArrowType.Int(bits, signed)), 0, 1, largest, 3, 4);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.labelled()).isTrue();
      assertThat(data.labels()).containsExactly(0, 1, largest, 3, 4);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, -1", "true, 2147483647", "false, 9223372036854775807"})
  void labelsThatAreNoClassNumbersAreNamed(boolean signed, long bad) {
    Path path = write(field("label", new ArrowType.Int(64, signed)), 0, 1, 2, bad, 4);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThatThrownBy(data::labels)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("row 3 of column 'label'")
          .hasMessageContaining("has the label " + bad);
    }
  }

  private Path writeDictionary(Format format, boolean names) {
    Path path = folder.resolve("data.arrow");
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, new ArrowType.Int(8, true));
    try (RootAllocator allocator = new RootAllocator();
        VarCharVector words = new VarCharVector("words", allocator);
        BigIntVector numbers = new BigIntVector("numbers", allocator)) {
      String[] classes = {"seven", "three", "five"};
      long[] digits = {7, 3, 5};
      for (int i = 0; i < 3; i++) {
        words.setSafe(i, classes[i].getBytes(StandardCharsets.UTF_8));
        numbers.setSafe(i, digits[i]);
      }
      words.setValueCount(3);
      numbers.setValueCount(3);
      Dictionary dictionary = new Dictionary(names ? words : numbers, encoding);
      Field label =
          new Field("label", new FieldType(true, encoding.getIndexType(), encoding), List.of());
      ForeignArrow.write(
          path,
          format,
          new Schema(List.of(label, nested("image", UINT8, fixed(4)))),
          new DictionaryProvider.MapDictionaryProvider(dictionary),
          BATCHES,
          (root, first) -> {
            ForeignArrow.fillCounting(
                root.getVector(1), root.getRowCount(), new int[] {4}, first * 4);
            TinyIntVector labels = (TinyIntVector) root.getVector(0);
            for (int i = 0; i < root.getRowCount(); i++) {
              labels.setSafe(i, (first + i) % 3);
            }
          });
    }
    return path;
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void ofClassNamesInADictionaryThePlaceIsTheClass(Format format) {
    try (ArrowDataset data = ArrowDataset.open(writeDictionary(format, true))) {
      assertThat(data.labels()).containsExactly(0, 1, 2, 0, 1);
      float[] values = new float[4];
      data.read(3, 1, values, 0);
      assertThat(values).containsExactly(12, 13, 14, 15);
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void integersInADictionaryStandForThemselves(Format format) {
    try (ArrowDataset data = ArrowDataset.open(writeDictionary(format, false))) {
      assertThat(data.labels()).containsExactly(7, 3, 5, 7, 3);
    }
  }

  @Test
  void nullLabelsAreNamed() {
    Path path = folder.resolve("data.arrow");
    ForeignArrow.write(
        path,
        Format.STREAM,
        new Schema(
            List.of(nested("image", UINT8, fixed(4)), field("label", new ArrowType.Int(64, true)))),
        BATCHES,
        (root, first) -> {
          ForeignArrow.fillCounting(
              root.getVector(0), root.getRowCount(), new int[] {4}, first * 4);
          BigIntVector labels = (BigIntVector) root.getVector(1);
          for (int i = 0; i < root.getRowCount(); i++) {
            if (first + i == 4) {
              labels.setNull(i);
            } else {
              labels.setSafe(i, 1);
            }
          }
        });
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThatThrownBy(data::labels)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("row 4 of column 'label' in " + path + " is null");
    }
  }

  @Test
  void missingLabelsComeWithARemedy() {
    Path path = write(field("other", new ArrowType.Int(64, true)), 0, 1, 2, 3, 4);
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.labelled()).isFalse();
      assertThatThrownBy(data::labels)
          .isInstanceOf(WtaException.class)
          .hasMessage(
              path
                  + " has no 'label' column, but 'other' of whole numbers; choose with --label,"
                  + " or name the one that is meant 'label': rename_column in Hugging Face's"
                  + " datasets, rename_columns in pyarrow");
    }
  }

  @Test
  void labelsThatAreNoIntegersComeWithARemedy() {
    Path path = folder.resolve("data.arrow");
    ForeignArrow.write(
        path,
        Format.FILE,
        new Schema(List.of(nested("image", UINT8, fixed(4)), field("label", new ArrowType.Utf8()))),
        new int[] {1},
        (root, first) -> ForeignArrow.fillCounting(root.getVector(0), 1, new int[] {4}, first * 4));
    try (ArrowDataset data = ArrowDataset.open(path)) {
      assertThat(data.labelled()).isFalse();
      assertThatThrownBy(data::labels)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("column 'label' of " + path + " holds no integers");
    }
  }
}
