package dev.wta.data.parquet;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The values of a column in one row group, so many rows after the other; memory grows with a page
 * and the rows asked for. Nulls are refused.
 */
public final class ColumnChunk {
  private final MappedFile file;
  private final ParquetColumn column;
  private final Pages pages;
  private final long rows;

  /** The row of the file that the next row is. */
  private long row;

  /** Rows taken so far, and rows begun of those that were read and not taken. */
  private long taken;

  private int begun;

  /** The lengths of the lists at each level, of rows that were read and not taken. */
  private final int[][] lengths;

  private final int[] lists;
  private byte[] values = {};
  private int bytes;

  ColumnChunk(MappedFile file, ParquetColumn column, ThriftStruct chunk, long firstRow, long rows) {
    this.file = file;
    this.column = column;
    this.pages = new Pages(file, column, chunk);
    this.rows = rows;
    this.row = firstRow;
    lengths = new int[column.depth()][0];
    lists = new int[column.depth()];
  }

  /** Rows of a column. */
  public static final class Rows {
    private final int[][] lengths;
    private final byte[] values;

    private Rows(int[][] lengths, byte[] values) {
      this.lengths = lengths;
      this.values = values;
    }

    /** The lengths of the lists at each level, the outermost first; not to be changed. */
    public int[][] lengths() {
      return lengths;
    }

    /**
     * The values of the innermost lists, or one a row, as {@link ParquetColumn.Element#bytes} says;
     * not to be changed.
     */
    public byte[] values() {
      return values;
    }
  }

  /**
   * The next rows.
   *
   * @param count of which so many are still to come
   * @throws WtaException if they are damaged, or one has a null
   */
  public Rows take(int count) {
    return file.parse("column '%s'".formatted(column.name()), () -> next(count));
  }

  /** About how many bytes all of its pages have unpacked. */
  public long unpackedBytes() {
    return pages.unpackedBytes();
  }

  private Rows next(int count) {
    while (begun < count || begun == count && pages.more()) { // the last row may continue in a page
      Pages.Page page =
          pages
              .next()
              .orElseThrow(
                  () -> file.damaged("fewer rows in column '%s'".formatted(column.name())));
      add(page);
    }
    int[][] own = new int[lengths.length][];
    long items = count;
    for (int level = 0; level < lengths.length; level++) {
      int there = Math.toIntExact(items);
      own[level] = Arrays.copyOf(lengths[level], there);
      items = Arrays.stream(own[level]).asLongStream().sum();
      lists[level] -= there;
      System.arraycopy(lengths[level], there, lengths[level], 0, lists[level]);
    }
    int taking = Math.toIntExact(items * column.element().bytes());
    byte[] numbers = Arrays.copyOf(values, taking);
    bytes -= taking;
    System.arraycopy(values, taking, values, 0, bytes);
    begun -= count;
    taken += count;
    row += count;
    return new Rows(own, numbers);
  }

  private void add(Pages.Page page) {
    int present = 0;
    int entries = page.definitions().length;
    int depth = column.depth();
    for (int i = 0; i < entries; i++) {
      int repetition = depth == 0 ? 0 : page.repetitions()[i];
      int definition = page.definitions()[i];
      int reached = 0;
      while (reached < depth && definition >= column.lists().get(reached)) {
        reached++;
      }
      boolean value = definition == column.maxDefinition();
      boolean empty = reached < depth && definition == column.lists().get(reached) - 1;
      if (repetition == 0) {
        begun++;
      }
      if (!value && !empty) {
        throw new WtaException(
            "row %d of column '%s' in %s %s"
                .formatted(
                    row + begun - 1,
                    column.name(),
                    file.name(),
                    reached == 0 ? "is null" : "has a null in it"),
            "fill or drop rows with nulls");
      }
      for (int level = repetition; level < Math.min(reached + 1, depth); level++) {
        begin(level);
      }
      for (int level = Math.max(repetition, 1); level <= reached; level++) {
        lengths[level - 1][lists[level - 1] - 1]++;
      }
      present += value ? 1 : 0;
    }
    if (begun > rows - taken) {
      throw file.damaged("more rows in column '%s'".formatted(column.name()));
    }
    append(page.values(present));
  }

  /** A list begins at a level. */
  private void begin(int level) {
    if (lists[level] == lengths[level].length) {
      lengths[level] = Arrays.copyOf(lengths[level], Math.max(1024, 2 * lists[level]));
    }
    lengths[level][lists[level]++] = 0;
  }

  /** Adds the numbers of a page, as they are handed on. */
  private void append(MemorySegment stored) {
    ParquetColumn.Element element = column.element();
    int count = Math.toIntExact(stored.byteSize() / element.stored());
    int length = Math.multiplyExact(count, element.bytes());
    if (Math.addExact(bytes, length) > values.length) {
      values =
          Arrays.copyOf(
              values,
              Math.max(bytes + length, (int) Math.min(2L * values.length, Integer.MAX_VALUE - 8)));
    }
    MemorySegment target = MemorySegment.ofArray(values).asSlice(bytes, length);
    switch (element) {
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          target.set(ValueLayout.JAVA_BYTE, i, stored.get(ValueLayout.JAVA_BYTE, 4L * i));
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          target.set(Pages.FLOAT, 4L * i, (float) stored.get(Pages.DOUBLE, 8L * i));
        }
      }
      case INT32, INT64, FLOAT16, FLOAT32 -> target.copyFrom(stored);
    }
    bytes += length;
  }
}
