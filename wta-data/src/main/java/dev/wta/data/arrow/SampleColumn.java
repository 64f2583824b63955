package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The column that holds the samples: lists of uint8 or float32, of fixed size or all of one length,
 * nested or not. Their values then lie in one piece in each record batch, and all that is to be
 * known is where it begins.
 */
final class SampleColumn {
  /** Preferred in this order where several columns could hold the samples. */
  static final List<String> NAMES = List.of("image", "pixels", "features", "values");

  /** The same of columns that could hold what a transcoder makes of the samples. */
  static final List<String> TARGET_NAMES =
      Stream.concat(Stream.of("target"), NAMES.stream()).toList();

  private static final ValueLayout.OfInt OFFSET =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LARGE_OFFSET =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** No sample is as large; a damaged schema may say so. */
  private static final long MOST_VALUES = 1L << 28;

  private static final long UNKNOWN = -1;

  private final MappedFile file;
  private final int index;
  private final Field field;
  private final ElementType type;
  private final Optional<Shape> declared;

  /**
   * The length of the lists at each level, from the outermost. Those of variable lists are known by
   * the first row.
   */
  private final long[] lengths;

  private SampleColumn(MappedFile file, int index, Field field, ElementType type) {
    this.file = file;
    this.index = index;
    this.field = field;
    this.type = type;
    List<Long> sizes = new ArrayList<>();
    for (Field level = field; isList(level.getType()); level = level.getChildren().getFirst()) {
      sizes.add(
          level.getType() instanceof ArrowType.FixedSizeList fixed
              ? (long) fixed.getListSize()
              : UNKNOWN);
    }
    this.lengths = sizes.stream().mapToLong(Long::longValue).toArray();
    this.declared = TensorMetadata.shape(file.name(), field);
  }

  /**
   * Finds the column: the only one that could be it, or else the one with a known name.
   *
   * @param names these, the preferred ones first
   * @throws WtaException if there is none, or no telling which
   */
  static SampleColumn find(MappedFile file, Schema schema, List<String> names) {
    List<SampleColumn> candidates = new ArrayList<>();
    for (int i = 0; i < schema.getFields().size(); i++) {
      Field field = schema.getFields().get(i);
      Optional<ElementType> type = elementType(field);
      if (type.isPresent()) {
        candidates.add(new SampleColumn(file, i, field, type.get()));
      }
    }
    if (candidates.isEmpty()) {
      throw UnsuitableColumns.explain(file.name(), schema);
    }
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    for (String name : names) {
      for (SampleColumn candidate : candidates) {
        if (candidate.field.getName().equals(name)) {
          return candidate;
        }
      }
    }
    throw new WtaException(
        "%s has several columns that could hold the samples: %s"
            .formatted(
                file.name(),
                String.join(", ", candidates.stream().map(c -> c.field.getName()).toList())),
        "name the right one '%s' or 'features', or drop the others".formatted(names.getFirst()));
  }

  static boolean isList(ArrowType type) {
    return type instanceof ArrowType.FixedSizeList
        || type instanceof ArrowType.List
        || type instanceof ArrowType.LargeList;
  }

  private static Optional<ElementType> elementType(Field field) {
    Field leaf = field;
    while (isList(leaf.getType())
        && leaf.getChildren().size() == 1
        && leaf.getDictionary() == null) {
      leaf = leaf.getChildren().getFirst();
    }
    if (!isList(field.getType()) || leaf.getDictionary() != null) {
      return Optional.empty();
    }
    return switch (leaf.getType()) {
      case ArrowType.Int integer
          when integer.getBitWidth() == Byte.SIZE && !integer.getIsSigned() ->
          Optional.of(ElementType.UINT8);
      case ArrowType.FloatingPoint floating
          when floating.getPrecision() == FloatingPointPrecision.SINGLE ->
          Optional.of(ElementType.FLOAT32);
      default -> Optional.empty();
    };
  }

  /** Which column of the schema it is. */
  int index() {
    return index;
  }

  ElementType type() {
    return type;
  }

  /**
   * Where the values of a record batch begin in the file, row after row without gaps.
   *
   * @param column this column of the record batch, of at least one row
   * @param firstRow the number of its first row in the data set, for messages
   * @throws WtaException if a row is null or has another length than the others, or the values are
   *     not all there
   */
  long locate(ArrowColumn column, long firstRow) {
    ArrowColumn level = column;
    long rows = column.length();
    long from = 0;
    long count = rows;
    for (int depth = 0; depth < lengths.length; depth++) {
      requireValues(level, from, count, rows, firstRow);
      if (!(level.field().getType() instanceof ArrowType.FixedSizeList)) {
        from = listStart(level, depth, from, count, rows, firstRow);
      } else {
        from = Math.multiplyExact(from, lengths[depth]);
      }
      requireReasonable(depth);
      count = Math.multiplyExact(count, lengths[depth]);
      level = level.children().getFirst();
    }
    requireValues(level, from, count, rows, firstRow);
    long needed = Math.multiplyExact(Math.addExact(from, count), type.bytes());
    return level.buffer(file, 1, needed).offset() + from * type.bytes();
  }

  /**
   * The shape of one sample, once a row was seen. Two extents are those of a picture of one
   * channel.
   */
  Shape shape() {
    if (declared.isPresent()) {
      long values = Arrays.stream(lengths).reduce(1, Math::multiplyExact);
      if (declared.get().size() != values) {
        throw new WtaException(
            "%s says that column '%s' has the shape %s, and its lists have %d values"
                .formatted(file.name(), field.getName(), declared.get(), values),
            "write it again with the right shape");
      }
    }
    Shape shape =
        declared.orElseGet(
            () -> Shape.of(Arrays.stream(lengths).mapToInt(Math::toIntExact).toArray()));
    return shape.rank() == 2 ? shape.batch(1) : shape;
  }

  private void requireReasonable(int depth) {
    long values = 1;
    for (int i = 0; i <= depth; i++) {
      values = Math.multiplyExact(values, lengths[i]);
    }
    if (values < 1 || values > MOST_VALUES) {
      throw new WtaException(
          "%s has samples of %d values in column '%s'"
              .formatted(file.name(), values, field.getName()),
          "give samples of 1 to %d values".formatted(MOST_VALUES));
    }
  }

  private void requireValues(ArrowColumn level, long from, long count, long rows, long firstRow) {
    if (from > level.length() || count > level.length() - from) {
      throw file.damaged(
          "%d values in column '%s' where %d are needed"
              .formatted(level.length(), field.getName(), from + count));
    }
    long missing = level.firstNull(file, from, count);
    if (missing >= 0) {
      throw new WtaException(
          "row %d of column '%s' in %s %s"
              .formatted(
                  rowOf(missing - from, count, rows, firstRow),
                  field.getName(),
                  file.name(),
                  count == rows ? "is null" : "has a null in it"),
          "fill or drop rows with nulls");
    }
  }

  /**
   * Checks that variable lists have one length, and gives the place of the first of their values.
   */
  private long listStart(
      ArrowColumn level, int depth, long from, long count, long rows, long firstRow) {
    boolean large = level.field().getType() instanceof ArrowType.LargeList;
    long width = large ? Long.BYTES : Integer.BYTES;
    long needed = Math.multiplyExact(Math.addExact(from, count + 1), width);
    long start = level.buffer(file, 1, needed).offset() + from * width;
    long first = offset(start, large);
    if (first < 0) {
      throw file.damaged("a list that begins at value %d".formatted(first));
    }
    if (lengths[depth] == UNKNOWN) {
      lengths[depth] = offset(start + width, large) - first;
    }
    long length = lengths[depth];
    for (long i = 0; i < count; i++) {
      long actual = offset(start + (i + 1) * width, large) - offset(start + i * width, large);
      if (actual != length) {
        throw new WtaException(
            "row %d of column '%s' in %s has a list of %d, those before have %d"
                .formatted(
                    rowOf(i, count, rows, firstRow), field.getName(), file.name(), actual, length),
            "give all samples one shape");
      }
    }
    return first;
  }

  private long offset(long position, boolean large) {
    return large ? file.bytes().get(LARGE_OFFSET, position) : file.bytes().get(OFFSET, position);
  }

  private static long rowOf(long value, long count, long rows, long firstRow) {
    return firstRow + value / (count / rows);
  }
}
