package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.codes.SparseColumns;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Sparse codes as {@link dev.wta.data.codes.CodeFormat#ARROW} has them, read as samples of all
 * features, zeros included.
 */
final class SparseArrowDataset implements Dataset {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ArrowType INT32 = new ArrowType.Int(Integer.SIZE, true);
  private static final ArrowType FLOAT32 =
      new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);

  private final MappedFile file;
  private final Optional<LabelColumn> labels;
  private final int features;
  private final List<Part> parts;
  private final int[] firstRows; // of each part, and the number of all rows

  /** Where a record batch has its lists: offsets and values of both columns. */
  private record Part(int rows, long indexOffsets, long indices, long valueOffsets, long values) {}

  SparseArrowDataset(MappedFile file, ArrowIndex arrow, ReadOptions options) {
    this.file = file;
    Schema schema = arrow.schema();
    this.features = features(file, schema);
    int indices = column(file, schema, SparseColumns.INDICES, INT32);
    int values = column(file, schema, SparseColumns.VALUES, FLOAT32);
    this.labels = LabelColumn.find(file, arrow, options);
    this.parts =
        arrow.recordBatches().stream()
            .map(
                message ->
                    ArrowColumn.of(file, schema.getFields(), message.recordBatch(), message.body()))
            .map(columns -> part(columns.get(indices), columns.get(values)))
            .filter(part -> part.rows > 0)
            .toList();
    this.firstRows = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      firstRows[i + 1] = Math.addExact(firstRows[i], parts.get(i).rows);
    }
    if (size() == 0) {
      throw new WtaException(file.name() + " has no samples", "write at least one row");
    }
  }

  /** Whether a schema is one of sparse codes. */
  static boolean fits(Schema schema) {
    return schema.getCustomMetadata() != null
        && schema.getCustomMetadata().containsKey(SparseColumns.FEATURES);
  }

  private static int features(MappedFile file, Schema schema) {
    String text = schema.getCustomMetadata().get(SparseColumns.FEATURES);
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw file.damaged("'%s' for the number of features".formatted(text));
    }
    return Integer.parseInt(text);
  }

  private static int column(MappedFile file, Schema schema, String name, ArrowType item) {
    List<Field> fields = schema.getFields();
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      if (field.getName().equals(name)
          && field.getType() instanceof ArrowType.List
          && field.getChildren().size() == 1
          && field.getChildren().getFirst().getType().equals(item)) {
        return i;
      }
    }
    throw file.damaged("sparse codes without a column '%s' of lists of %s".formatted(name, item));
  }

  private Part part(ArrowColumn indices, ArrowColumn values) {
    long rows = indices.length();
    long indexOffsets = offsets(indices, rows);
    long valueOffsets = offsets(values, rows);
    if (rows == 0) {
      return new Part(0, 0, 0, 0, 0);
    }
    int size = 0;
    for (long row = 1; row <= rows; row++) {
      int end = offset(indexOffsets, row);
      if (end < size || end != offset(valueOffsets, row)) {
        throw file.damaged("a row with more or fewer indices than values");
      }
      size = end;
    }
    long bytes = (long) size * Integer.BYTES;
    return new Part(
        Math.toIntExact(rows),
        indexOffsets,
        numbers(indices, size, bytes),
        valueOffsets,
        numbers(values, size, bytes));
  }

  private long offsets(ArrowColumn lists, long rows) {
    if (lists.firstNull(file, 0, rows) >= 0) {
      throw file.damaged("a null in column '%s'".formatted(lists.field().getName()));
    }
    if (rows == 0) {
      return 0;
    }
    long offsets =
        lists.buffer(file, 1, Math.multiplyExact(rows + 1, (long) Integer.BYTES)).offset();
    if (offset(offsets, 0) != 0) {
      throw file.damaged("lists that do not begin at 0");
    }
    return offsets;
  }

  private long numbers(ArrowColumn lists, long size, long bytes) {
    ArrowColumn items = lists.children().getFirst();
    if (items.length() < size || items.firstNull(file, 0, size) >= 0) {
      throw file.damaged("a null or too few values in '%s'".formatted(lists.field().getName()));
    }
    return items.buffer(file, 1, bytes).offset();
  }

  private int offset(long offsets, long row) {
    return file.bytes().get(INT, offsets + row * Integer.BYTES);
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public int size() {
    return firstRows[parts.size()];
  }

  @Override
  public Shape sampleShape() {
    return Shape.of(features);
  }

  @Override
  public ElementType elementType() {
    return ElementType.FLOAT32;
  }

  @Override
  public boolean labelled() {
    return labels.isPresent() && labels.get().isIntegral();
  }

  @Override
  public int[] labels() {
    return labels
        .orElseThrow(
            () -> new WtaException(name() + " has no labels", "encode data that has labels"))
        .read(size());
  }

  /**
   * {@inheritDoc}
   *
   * @throws WtaException also if an index is no feature
   */
  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size());
    Objects.checkFromIndexSize(offset, Math.multiplyExact(count, features), target.length);
    Arrays.fill(target, offset, offset + count * features, 0);
    int place = Arrays.binarySearch(firstRows, from);
    int number = place >= 0 ? place : -place - 2;
    for (int row = from; row < from + count; row++) {
      while (row >= firstRows[number + 1]) {
        number++;
      }
      scatter(parts.get(number), row - firstRows[number], target, offset + (row - from) * features);
    }
  }

  private void scatter(Part part, int row, float[] target, int offset) {
    MemorySegment bytes = file.bytes();
    int end = offset(part.indexOffsets, row + 1L);
    for (int i = offset(part.indexOffsets, row); i < end; i++) {
      int index = bytes.get(INT, part.indices + (long) i * Integer.BYTES);
      if (index < 0 || index >= features) {
        throw file.damaged("the index %d of %d features".formatted(index, features));
      }
      target[offset + index] = bytes.get(FLOAT, part.values + (long) i * Float.BYTES);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
