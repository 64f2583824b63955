package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The column of class numbers: integers of any width, or a dictionary. A dictionary of integers
 * stands for those; of any other dictionary, such as one of class names, the place of the entry is
 * the class.
 */
final class LabelColumn {
  private static final List<String> NAMES = List.of("label", "labels");

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final ArrowIndex arrow;
  private final int column;
  private final Field field;

  private LabelColumn(MappedFile file, ArrowIndex arrow, int column) {
    this.file = file;
    this.arrow = arrow;
    this.column = column;
    this.field = arrow.schema().getFields().get(column);
  }

  /**
   * The column by its name, if there is one.
   *
   * @throws WtaException if one is asked for that is not there
   */
  static Optional<LabelColumn> find(MappedFile file, ArrowIndex arrow, ReadOptions options) {
    Schema schema = arrow.schema();
    for (String name : options.label().map(List::of).orElse(NAMES)) {
      for (int i = 0; i < schema.getFields().size(); i++) {
        if (schema.getFields().get(i).getName().equals(name)) {
          return Optional.of(new LabelColumn(file, arrow, i));
        }
      }
    }
    options
        .label()
        .ifPresent(
            name -> {
              throw new WtaException(
                  "%s has no column '%s'".formatted(file.name(), name),
                  "choose with --label: "
                      + schema.getFields().stream()
                          .map(Field::getName)
                          .collect(Collectors.joining(", ")));
            });
    return Optional.empty();
  }

  /** Whether a column of that name would be taken for the labels, if no other is preferred. */
  static boolean isNamed(String name, ReadOptions options) {
    return options.label().map(List::of).orElse(NAMES).contains(name);
  }

  /** Says which columns could be meant where none is called as labels are. */
  static WtaException missing(MappedFile file, Schema schema) {
    String candidates =
        schema.getFields().stream()
            .filter(column -> ArrowColumn.storedType(column) instanceof ArrowType.Int)
            .map(column -> "'%s'".formatted(column.getName()))
            .collect(Collectors.joining(" and "));
    return candidates.isEmpty()
        ? new WtaException(
            file.name() + " has no 'label' column",
            "give data with labels, such as an import with --labels")
        : new WtaException(
            "%s has no 'label' column, but %s of whole numbers".formatted(file.name(), candidates),
            "choose with --label, or name the one that is meant 'label': rename_column in Hugging"
                + " Face's datasets, rename_columns in pyarrow");
  }

  String name() {
    return field.getName();
  }

  /** Whether it holds class numbers. */
  boolean isIntegral() {
    return ArrowColumn.storedType(field) instanceof ArrowType.Int;
  }

  /**
   * Reads the class of every row.
   *
   * @param rows the number of rows in all record batches
   * @throws WtaException if one is null, negative, too large, or they are not integers
   */
  int[] read(int rows) {
    if (!isIntegral()) {
      throw new WtaException(
          "column '%s' of %s holds no integers".formatted(field.getName(), file.name()),
          "write class numbers, from 0, as integers");
    }
    return file.parse(
        "its column '%s'".formatted(field.getName()),
        () -> {
          Optional<long[]> meanings = dictionary();
          int[] labels = new int[rows];
          int row = 0;
          for (ArrowMessage batch : arrow.recordBatches()) {
            ArrowColumn values =
                ArrowColumn.of(file, arrow.schema().getFields(), batch.recordBatch(), batch.body())
                    .get(column);
            requireNoNull(values, row);
            for (long value : integers(values, (ArrowType.Int) ArrowColumn.storedType(field))) {
              labels[row] = label(value, meanings, row);
              row++;
            }
          }
          return labels;
        });
  }

  private int label(long stored, Optional<long[]> meanings, int row) {
    long value = stored;
    if (meanings.isPresent()) {
      if (stored < 0 || stored >= meanings.get().length) {
        throw file.damaged(
            "entry %d of a dictionary of %d in row %d of column '%s'"
                .formatted(stored, meanings.get().length, row, field.getName()));
      }
      value = meanings.get()[(int) stored];
    }
    if (value < 0 || value > Integer.MAX_VALUE - 1) {
      throw new WtaException(
          "row %d of column '%s' in %s has the label %d"
              .formatted(row, field.getName(), file.name(), value),
          "number classes from 0, and drop rows without a class");
    }
    return (int) value;
  }

  /** What the dictionary's entries stand for; none where the numbers stand for themselves. */
  private Optional<long[]> dictionary() {
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding == null || !(field.getType() instanceof ArrowType.Int type)) {
      return Optional.empty();
    }
    ArrowMessage found = dictionaryMessage(encoding);
    DictionaryBatch dictionary = found.dictionaryBatch();
    Field entries = new Field(field.getName(), FieldType.nullable(type), List.of());
    ArrowColumn values =
        ArrowColumn.of(file, List.of(entries), dictionary.data(), found.body()).getFirst();
    requireNoNull(values, 0);
    return Optional.of(integers(values, type));
  }

  /** The names of classes, where the dictionary is one of text. */
  Optional<List<String>> entries() {
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding == null || !(field.getType() instanceof ArrowType.Utf8)) {
      return Optional.empty();
    }
    return file.parse(
        "the dictionary of column '%s'".formatted(field.getName()),
        () -> {
          ArrowMessage found = dictionaryMessage(encoding);
          Field entries =
              new Field(field.getName(), FieldType.nullable(field.getType()), List.of());
          ArrowColumn values =
              ArrowColumn.of(file, List.of(entries), found.dictionaryBatch().data(), found.body())
                  .getFirst();
          int count = Math.toIntExact(values.length());
          if (count == 0) {
            return Optional.of(List.of());
          }
          long offsets = values.buffer(file, 1, (count + 1L) * Integer.BYTES).offset();
          FileExtent text = values.buffer(file, 2, file.bytes().get(INT, offsets + 4L * count));
          List<String> names = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            long from = file.bytes().get(INT, offsets + 4L * i);
            long length = file.bytes().get(INT, offsets + 4L * (i + 1)) - from;
            names.add(
                new String(
                    file.bytes()
                        .asSlice(text.offset() + from, length)
                        .toArray(ValueLayout.JAVA_BYTE),
                    StandardCharsets.UTF_8));
          }
          return Optional.of(names);
        });
  }

  private ArrowMessage dictionaryMessage(DictionaryEncoding encoding) {
    ArrowMessage found = null;
    for (ArrowMessage message : arrow.dictionaries()) {
      if (message.dictionaryBatch().id() == encoding.getId()) {
        if (found != null) {
          throw new WtaException(
              "the dictionary of column '%s' changes in the middle of %s"
                  .formatted(field.getName(), file.name()),
              "unify it before writing: table.unify_dictionaries() in pyarrow");
        }
        found = message;
      }
    }
    if (found == null) {
      throw file.damaged("no dictionary for column '%s'".formatted(field.getName()));
    }
    return found;
  }

  private void requireNoNull(ArrowColumn values, long firstRow) {
    long missing = values.firstNull(file, 0, values.length());
    if (missing >= 0) {
      throw new WtaException(
          "row %d of column '%s' in %s is null"
              .formatted(firstRow + missing, field.getName(), file.name()),
          "fill or drop rows without a class");
    }
  }

  private long[] integers(ArrowColumn values, ArrowType.Int type) {
    return integers(file, values, type);
  }

  /** The whole numbers of a column; those beyond 2^63 show as negative. */
  static long[] integers(MappedFile file, ArrowColumn values, ArrowType.Int type) {
    int width = type.getBitWidth() / Byte.SIZE;
    FileExtent extent = values.buffer(file, 1, Math.multiplyExact(values.length(), width));
    MemorySegment bytes = file.bytes().asSlice(extent.offset(), extent.length());
    boolean signed = type.getIsSigned();
    long[] integers = new long[Math.toIntExact(values.length())];
    for (int i = 0; i < integers.length; i++) {
      long at = (long) i * width;
      integers[i] =
          switch (type.getBitWidth()) {
            case 8 -> {
              byte value = bytes.get(ValueLayout.JAVA_BYTE, at);
              yield signed ? value : Byte.toUnsignedLong(value);
            }
            case 16 -> {
              short value = bytes.get(SHORT, at);
              yield signed ? value : Short.toUnsignedLong(value);
            }
            case 32 -> {
              int value = bytes.get(INT, at);
              yield signed ? value : Integer.toUnsignedLong(value);
            }
            case 64 ->
                bytes.get(LONG, at); // beyond 2^63 it shows as negative, and is refused as such
            default -> throw file.damaged("integers of %d bits".formatted(type.getBitWidth()));
          };
    }
    return integers;
  }
}
