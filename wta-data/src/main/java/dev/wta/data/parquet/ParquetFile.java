package dev.wta.data.parquet;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Parquet file: what its footer says, and its columns of numbers. Columns of text, structures and
 * the like are passed over.
 */
public final class ParquetFile {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENCRYPTED = "PARE".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = Integer.BYTES + 4;

  private final MappedFile file;
  private final List<ParquetColumn> columns = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<RowGroup> rowGroups = new ArrayList<>();

  /** Rows that lie together, with a chunk of each column. */
  private record RowGroup(long rows, List<ThriftStruct> chunks) {}

  private ParquetFile(MappedFile file, ThriftStruct footer) {
    this.file = file;
    List<ThriftStruct> schema = footer.structs(2);
    Walk walk = new Walk(schema);
    for (int i = 0; i < schema.getFirst().number(5, 0); i++) {
      walk.column();
    }
    for (ThriftStruct pair : footer.structs(5)) {
      metadata.put(pair.text(1), pair.text(2));
    }
    for (ThriftStruct group : footer.structs(4)) {
      rowGroups.add(new RowGroup(group.number(3, 0), group.structs(1)));
    }
  }

  /** Whether a file begins as Parquet files do. */
  public static boolean is(MappedFile file) {
    return file.size() >= MAGIC.length && startsAt(file, 0, MAGIC);
  }

  private static boolean startsAt(MappedFile file, long offset, byte[] text) {
    return Arrays.equals(
        file.bytes().asSlice(offset, text.length).toArray(ValueLayout.JAVA_BYTE), text);
  }

  /**
   * Reads a file's footer. The file stays the caller's.
   *
   * @throws WtaException if it is cut short, damaged or encrypted
   */
  public static ParquetFile of(MappedFile file) {
    long end = file.size();
    if (end >= 2L * TAIL && startsAt(file, end - 4, ENCRYPTED)) {
      throw encrypted(file);
    }
    if (end < 2L * TAIL || !startsAt(file, end - 4, MAGIC)) {
      throw new WtaException(
          file.name() + " is cut short: it begins as a Parquet file, and does not end as one",
          "copy or write it again");
    }
    int length = file.int32(end - TAIL, "the footer's length");
    ThriftStruct footer =
        file.parse(
            "its footer",
            () -> ThriftStruct.read(file.view(end - TAIL - length, length, "the footer")));
    if (footer.has(8)) {
      throw encrypted(file);
    }
    return file.parse("its schema", () -> new ParquetFile(file, footer));
  }

  private static WtaException encrypted(MappedFile file) {
    return new WtaException(file.name() + " is encrypted", "write it without encryption");
  }

  /** Goes through the schema, depth first. */
  private final class Walk {
    private final List<ThriftStruct> schema;
    private int at = 1;
    private int leaves;

    Walk(List<ThriftStruct> schema) {
      this.schema = schema;
    }

    /** A column of the table, which is kept if it is a number, or lists of numbers. */
    void column() {
      String name = schema.get(at).text(4);
      int before = leaves;
      int definition = 0;
      List<Integer> lists = new ArrayList<>();
      boolean plain = true;
      while (true) {
        ThriftStruct node = schema.get(at++);
        int repetition = (int) node.number(3, 0);
        definition += repetition == 0 ? 0 : 1;
        if (repetition == 2) {
          lists.add(definition);
        }
        int children = (int) node.number(5, 0);
        if (children == 0) {
          leaves++;
          Optional<ParquetColumn.Element> element = ParquetColumn.Element.of(node);
          if (plain && element.isPresent()) {
            columns.add(new ParquetColumn(name, before, element.get(), definition, lists));
          }
          return;
        }
        if (children > 1) { // a structure or a map
          skip(children);
          return;
        }
        plain &= repetition == 2 || schema.get(at).number(3, 0) == 2; // a list's group, or a struct
      }
    }

    /** Passes over nodes and all below them. */
    private void skip(int nodes) {
      for (long left = nodes; left > 0; left--) {
        int children = (int) schema.get(at++).number(5, 0);
        leaves += children == 0 ? 1 : 0;
        left += children;
      }
    }
  }

  /** The columns of numbers, in the file's order. */
  public List<ParquetColumn> columns() {
    return List.copyOf(columns);
  }

  /** What programs have written beside the columns, such as {@code huggingface}. */
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  /** The number of row groups. */
  public int rowGroups() {
    return rowGroups.size();
  }

  /** The rows of a row group. */
  public long rows(int rowGroup) {
    return rowGroups.get(rowGroup).rows;
  }

  /** The rows before a row group. */
  public long rowsBefore(int rowGroup) {
    return rowGroups.subList(0, rowGroup).stream().mapToLong(RowGroup::rows).sum();
  }

  /**
   * The values of a column in a row group.
   *
   * @throws WtaException if its compression or encoding is not read
   */
  public ColumnChunk chunk(ParquetColumn column, int rowGroup) {
    RowGroup group = rowGroups.get(rowGroup);
    return file.parse(
        "column '%s'".formatted(column.name()),
        () ->
            new ColumnChunk(
                file,
                column,
                group.chunks.get(column.index()).struct(3).orElseThrow(),
                rowsBefore(rowGroup),
                group.rows));
  }
}
