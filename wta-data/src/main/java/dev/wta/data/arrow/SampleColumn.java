package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.array.Rows;
import dev.wta.data.io.MappedFile;
import dev.wta.data.io.NumberType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** The same of columns that could hold a transcoder's targets. */
  static final List<String> TARGET_NAMES =
      Stream.concat(Stream.of("target"), NAMES.stream()).toList();

  /** What is called so has pictures in its rows. */
  private static final Set<String> PICTURES = Set.of("image", "pixels");

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
  private final NumberType type;
  private final Optional<Shape> declared;

  /**
   * The length of the lists at each level, from the outermost. Those of variable lists are known by
   * the first row.
   */
  private final long[] lengths;

  /** Whether a row is a sequence of samples. */
  private final boolean sequences;

  private SampleColumn(MappedFile file, int index, Field field, NumberType type, Rows rows) {
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
    boolean picture = type == NumberType.UINT8 || PICTURES.contains(field.getName());
    this.sequences =
        rows.sequences(
            "column '%s' of %s".formatted(field.getName(), file.name()),
            declared.map(Shape::rank).orElse(lengths.length),
            picture);
  }

  /**
   * Finds the column: the one that is asked for, or the only one that could be it, or else the one
   * with a known name.
   *
   * @throws WtaException if there is none, or it is ambiguous
   */
  static SampleColumn find(MappedFile file, Schema schema, ReadOptions options) {
    List<Integer> candidates = new ArrayList<>();
    List<Field> fields = schema.getFields();
    for (int i = 0; i < fields.size(); i++) {
      if (elementType(fields.get(i)).isPresent()) {
        candidates.add(i);
      }
    }
    if (candidates.isEmpty()) {
      throw UnsuitableColumns.explain(file.name(), schema);
    }
    String names =
        candidates.stream().map(i -> fields.get(i).getName()).collect(Collectors.joining(", "));
    if (options.column().isEmpty() && candidates.size() == 1) {
      return at(file, fields, candidates.getFirst(), options);
    }
    for (String name : options.column().map(List::of).orElse(options.columns())) {
      for (int candidate : candidates) {
        if (fields.get(candidate).getName().equals(name)) {
          return at(file, fields, candidate, options);
        }
      }
    }
    throw options
        .column()
        .map(
            name ->
                new WtaException(
                    "%s has no column '%s' of samples".formatted(file.name(), name),
                    "choose with --column: " + names))
        .orElseGet(
            () ->
                new WtaException(
                    "%s has several columns that could hold the samples: %s"
                        .formatted(file.name(), names),
                    "choose with --column, or name the right one '%s'"
                        .formatted(options.columns().getFirst())));
  }

  private static SampleColumn at(
      MappedFile file, List<Field> fields, int index, ReadOptions options) {
    Field field = fields.get(index);
    return new SampleColumn(file, index, field, elementType(field).orElseThrow(), options.rows());
  }

  static boolean isList(ArrowType type) {
    return type instanceof ArrowType.FixedSizeList
        || type instanceof ArrowType.List
        || type instanceof ArrowType.LargeList;
  }

  private static Optional<NumberType> elementType(Field field) {
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
          Optional.of(NumberType.UINT8);
      case ArrowType.FloatingPoint floating
          when floating.getPrecision() == FloatingPointPrecision.SINGLE ->
          Optional.of(NumberType.FLOAT32);
      case ArrowType.FloatingPoint floating
          when floating.getPrecision() == FloatingPointPrecision.HALF ->
          Optional.of(NumberType.FLOAT16);
      default -> Optional.empty();
    };
  }

  /** Which column of the schema it is. */
  int index() {
    return index;
  }

  NumberType type() {
    return type;
  }

  /**
   * The samples of a record batch.
   *
   * @param begin where their values begin in the file, one after the other without gaps
   * @param samples how many there are
   * @param perRow how many each row has, where rows are sequences of different lengths; else empty
   */
  record Place(long begin, long samples, List<Integer> perRow) {}

  /**
   * Finds the samples of a record batch.
   *
   * @param column this column of the record batch, of at least one row
   * @param firstRow the number of its first row in the data set, for messages
   * @throws WtaException if a row is null or has another length than the others, or the values are
   *     not all there
   */
  Place locate(ArrowColumn column, long firstRow) {
    ArrowColumn level = column;
    long rows = column.length();
    long from = 0;
    long count = rows;
    List<Integer> perRow = List.of();
    for (int depth = 0; depth < lengths.length; depth++) {
      requireValues(level, from, count, rows, firstRow);
      if (depth == 0 && ragged()) {
        perRow = sequenceLengths(level);
        from = offsets(level, 0, 1)[0];
        count = perRow.stream().mapToLong(Integer::longValue).sum();
        rows = Math.max(1, count); // messages name samples from here on
      } else {
        from =
            level.field().getType() instanceof ArrowType.FixedSizeList
                ? Math.multiplyExact(from, lengths[depth])
                : listStart(level, depth, from, count, rows, firstRow);
        requireReasonable(depth);
        count = Math.multiplyExact(count, lengths[depth]);
      }
      level = level.children().getFirst();
      if (count == 0) {
        return new Place(0, 0, perRow);
      }
    }
    requireValues(level, from, count, rows, firstRow);
    long needed = Math.multiplyExact(Math.addExact(from, count), type.bytes());
    long begin = level.buffer(file, 1, needed).offset() + from * type.bytes();
    return new Place(begin, count / shape().size(), perRow);
  }

  /** Whether rows are sequences that may differ in length. */
  boolean ragged() {
    return sequences && declared.isEmpty() && lengths[0] == UNKNOWN;
  }

  /** The samples of a row, unless it is {@link #ragged}. */
  int perRow() {
    if (!sequences) {
      return 1;
    }
    return declared.map(shape -> shape.extent(0)).orElseGet(() -> Math.toIntExact(lengths[0]));
  }

  private List<Integer> sequenceLengths(ArrowColumn level) {
    long[] offsets = offsets(level, 0, level.length() + 1);
    List<Integer> sequence = new ArrayList<>();
    for (int i = 1; i < offsets.length; i++) {
      long length = offsets[i] - offsets[i - 1];
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw file.damaged("a list of %d values".formatted(length));
      }
      sequence.add((int) length);
    }
    return sequence;
  }

  /** Some of the offsets of lists of variable length. */
  private long[] offsets(ArrowColumn level, long from, long count) {
    boolean large = level.field().getType() instanceof ArrowType.LargeList;
    long width = large ? Long.BYTES : Integer.BYTES;
    long needed = Math.multiplyExact(Math.addExact(from, count), width);
    long start = level.buffer(file, 1, needed).offset() + from * width;
    long[] offsets = new long[Math.toIntExact(count)];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset(start + i * width, large);
    }
    if (offsets[0] < 0) {
      throw file.damaged("a list that begins at value %d".formatted(offsets[0]));
    }
    return offsets;
  }

  /**
   * The shape of one sample, once a row was seen. Two extents are those of a picture of one
   * channel.
   */
  Shape shape() {
    int[] extents =
        declared
            .map(Shape::extents)
            .orElseGet(
                () ->
                    Arrays.stream(lengths, ragged() ? 1 : 0, lengths.length)
                        .mapToInt(Math::toIntExact)
                        .toArray());
    if (declared.isPresent()) {
      long values = Arrays.stream(lengths).reduce(1, Math::multiplyExact);
      if (declared.get().size() != values) {
        throw new WtaException(
            "%s says that column '%s' has the shape %s, and its lists have %d values"
                .formatted(file.name(), field.getName(), declared.get(), values),
            "write it again with the right shape");
      }
    }
    boolean first = sequences && !ragged();
    Shape shape = Shape.of(first ? Arrays.copyOfRange(extents, 1, extents.length) : extents);
    return shape.rank() == 2 ? shape.batch(1) : shape;
  }

  private void requireReasonable(int depth) {
    long values = 1;
    for (int i = ragged() ? 1 : 0; i <= depth; i++) {
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
    long[] offsets = offsets(level, from, count + 1);
    if (lengths[depth] == UNKNOWN) {
      lengths[depth] = offsets[1] - offsets[0];
    }
    for (int i = 0; i < count; i++) {
      long actual = offsets[i + 1] - offsets[i];
      if (actual != lengths[depth]) {
        throw new WtaException(
            "row %d of column '%s' in %s has a list of %d, those before have %d"
                .formatted(
                    rowOf(i, count, rows, firstRow),
                    field.getName(),
                    file.name(),
                    actual,
                    lengths[depth]),
            "give all samples one shape");
      }
    }
    return offsets[0];
  }

  private long offset(long position, boolean large) {
    return large ? file.bytes().get(LARGE_OFFSET, position) : file.bytes().get(OFFSET, position);
  }

  private static long rowOf(long value, long count, long rows, long firstRow) {
    return firstRow + value / (count / rows);
  }
}
