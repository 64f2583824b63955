package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A column of an Arrow IPC file that has a list of int32 in each row, such as the numbers of active
 * features. The file is mapped into memory and read in place.
 */
public final class IntLists implements AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final String column;
  private final List<Part> parts = new ArrayList<>();

  /**
   * A record batch.
   *
   * @param firstRow in the file
   * @param offsets where the lists' offsets begin in the file
   * @param values where their values begin
   * @param count how many values there are
   */
  private record Part(long firstRow, long rows, long offsets, long values, long count) {}

  private IntLists(MappedFile file, String column) {
    this.file = file;
    this.column = column;
    ArrowIndex arrow = ArrowIndex.of(file);
    int index = find(arrow.schema().getFields());
    long rows = 0;
    for (ArrowMessage message : arrow.recordBatches()) {
      RecordBatch batch = message.recordBatch();
      ArrowColumn lists =
          ArrowColumn.of(file, arrow.schema().getFields(), batch, message.body()).get(index);
      if (lists.length() > 0) {
        parts.add(part(lists, rows));
        rows += lists.length();
      }
    }
  }

  private int find(List<Field> fields) {
    return IntStream.range(0, fields.size())
        .filter(i -> fields.get(i).getName().equals(column))
        .filter(i -> fields.get(i).getType() instanceof ArrowType.List)
        .filter(i -> isInt32(fields.get(i).getChildren().getFirst().getType()))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "%s has no column '%s' of lists of int32".formatted(file.name(), column),
                    "give a file that has one"));
  }

  private static boolean isInt32(ArrowType type) {
    return type instanceof ArrowType.Int item
        && item.getBitWidth() == Integer.SIZE
        && item.getIsSigned();
  }

  private Part part(ArrowColumn lists, long firstRow) {
    ArrowColumn items = lists.children().getFirst();
    if (lists.firstNull(file, 0, lists.length()) >= 0
        || items.firstNull(file, 0, items.length()) >= 0) {
      throw new WtaException(
          "column '%s' in %s has nulls".formatted(column, file.name()),
          "fill or drop rows with nulls");
    }
    long offsets =
        lists
            .buffer(
                file, 1, Math.multiplyExact(Math.addExact(lists.length(), 1), (long) Integer.BYTES))
            .offset();
    long values =
        items.buffer(file, 1, Math.multiplyExact(items.length(), (long) Integer.BYTES)).offset();
    return new Part(firstRow, lists.length(), offsets, values, items.length());
  }

  /**
   * Opens a file.
   *
   * @param column the name of the column
   * @throws WtaException if the file is missing, of another format, damaged or compressed, or has
   *     no such column
   */
  public static IntLists open(Path path, String column) {
    MappedFile file = MappedFile.open(path);
    Optional<IntLists> opened = Optional.empty();
    try {
      opened = Optional.of(file.parse("its record batches", () -> new IntLists(file, column)));
      return opened.get();
    } finally {
      if (opened.isEmpty()) {
        file.close();
      }
    }
  }

  /** What messages call it: the path of its file. */
  public String name() {
    return file.name();
  }

  /** The number of rows. */
  public long rows() {
    return parts.isEmpty() ? 0 : parts.getLast().firstRow() + parts.getLast().rows();
  }

  /**
   * The numbers of a row, in a new array.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws WtaException if its place in the file is damaged
   */
  public int[] row(long row) {
    Part part = part(row);
    MemorySegment bytes = file.bytes();
    long at = part.offsets() + (row - part.firstRow()) * Integer.BYTES;
    int from = bytes.get(INT, at);
    int end = bytes.get(INT, at + Integer.BYTES);
    if (from < 0 || end < from || end > part.count()) {
      throw file.damaged("row %d of column '%s'".formatted(row, column));
    }
    int[] numbers = new int[end - from];
    MemorySegment.copy(
        bytes, INT, part.values() + (long) from * Integer.BYTES, numbers, 0, numbers.length);
    return numbers;
  }

  private Part part(long row) {
    int low = 0;
    int high = parts.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Part part = parts.get(middle);
      if (row < part.firstRow()) {
        high = middle - 1;
      } else if (row >= part.firstRow() + part.rows()) {
        low = middle + 1;
      } else {
        return part;
      }
    }
    throw new IndexOutOfBoundsException("row %d of %d".formatted(row, rows()));
  }

  @Override
  public void close() {
    file.close();
  }
}
