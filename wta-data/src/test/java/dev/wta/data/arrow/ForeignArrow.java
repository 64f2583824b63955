package dev.wta.data.arrow;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes the Arrow files of other programs, with Arrow's own writers: any schema, either format,
 * cut anywhere.
 */
final class ForeignArrow {
  enum Format {
    FILE,
    STREAM
  }

  static final ArrowType UINT8 = new ArrowType.Int(8, false);
  static final ArrowType FLOAT32 = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  static final ArrowType FLOAT64 = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
  static final ArrowType INT64 = new ArrowType.Int(64, true);
  static final ArrowType LIST = new ArrowType.List();
  static final ArrowType LARGE_LIST = new ArrowType.LargeList();

  private ForeignArrow() {}

  static ArrowType fixed(int size) {
    return new ArrowType.FixedSizeList(size);
  }

  static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  static Field field(String name, ArrowType type, Map<String, String> metadata, Field... children) {
    return new Field(name, new FieldType(true, type, null, metadata), List.of(children));
  }

  /** Lists, the outermost first, round values of a type. */
  static Field nested(String name, ArrowType leaf, ArrowType... lists) {
    Field field = field(lists.length == 0 ? name : "item", leaf);
    for (int i = lists.length - 1; i >= 0; i--) {
      field = field(i == 0 ? name : "item", lists[i], field);
    }
    return field;
  }

  /**
   * Writes record batches of the given numbers of rows; {@code fill} fills a batch, given its first
   * row.
   */
  static void write(
      Path path,
      Format format,
      Schema schema,
      int[] batches,
      BiConsumer<VectorSchemaRoot, Integer> fill) {
    write(path, format, schema, new DictionaryProvider.MapDictionaryProvider(), batches, fill);
  }

  static void write(
      Path path,
      Format format,
      Schema schema,
      DictionaryProvider dictionaries,
      int[] batches,
      BiConsumer<VectorSchemaRoot, Integer> fill) {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        OutputStream out = Files.newOutputStream(path);
        WritableByteChannel channel = Channels.newChannel(out);
        ArrowWriter writer =
            format == Format.FILE
                ? new ArrowFileWriter(root, dictionaries, channel)
                : new ArrowStreamWriter(root, dictionaries, channel)) {
      int row = 0;
      writer.start();
      for (int rows : batches) {
        root.clear();
        root.setRowCount(rows);
        fill.accept(root, row);
        root.setRowCount(rows);
        writer.writeBatch();
        row += rows;
      }
      writer.end();
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }

  /**
   * Fills a column of nested lists, row by row from {@code rows} with values counted on from {@code
   * firstValue}.
   */
  static void fillCounting(FieldVector column, int rows, int[] lengths, int firstValue) {
    fillLists(column, rows, lengths, 0, firstValue);
  }

  private static void fillLists(
      FieldVector column, int count, int[] lengths, int depth, int firstValue) {
    switch (column) {
      case FixedSizeListVector list -> {
        list.setInitialCapacity(count);
        list.allocateNew();
        for (int i = 0; i < count; i++) {
          list.setNotNull(i);
        }
        fillLists(list.getDataVector(), count * lengths[depth], lengths, depth + 1, firstValue);
        list.setValueCount(count);
      }
      case LargeListVector list -> {
        list.setInitialCapacity(count);
        list.allocateNew();
        for (int i = 0; i < count; i++) {
          list.startNewValue(i);
          list.endValue(i, lengths[depth]);
        }
        fillLists(list.getDataVector(), count * lengths[depth], lengths, depth + 1, firstValue);
        list.setValueCount(count);
      }
      case ListVector list -> {
        list.setInitialCapacity(count);
        list.allocateNew();
        for (int i = 0; i < count; i++) {
          list.startNewValue(i);
          list.endValue(i, lengths[depth]);
        }
        fillLists(list.getDataVector(), count * lengths[depth], lengths, depth + 1, firstValue);
        list.setValueCount(count);
      }
      case UInt1Vector values -> {
        values.allocateNew(count);
        for (int i = 0; i < count; i++) {
          values.set(i, (firstValue + i) % 256);
        }
        values.setValueCount(count);
      }
      case Float4Vector values -> {
        values.allocateNew(count);
        for (int i = 0; i < count; i++) {
          values.set(i, firstValue + i);
        }
        values.setValueCount(count);
      }
      default -> throw new IllegalArgumentException("no values for " + column.getField());
    }
  }
}
