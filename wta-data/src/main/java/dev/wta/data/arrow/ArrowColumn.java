package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * One column of one record batch, or the child of one: where its buffers lie in the file.
 *
 * @param length the values it has
 * @param nullCount how many of them are null
 * @param buffers in the order of the format: for most types validity, then offsets or values
 */
record ArrowColumn(
    Field field,
    long length,
    long nullCount,
    List<FileExtent> buffers,
    List<ArrowColumn> children) {

  /**
   * The columns of a record batch without compression.
   *
   * @throws WtaException if they do not fit the schema or the message's body
   */
  static List<ArrowColumn> of(
      MappedFile file, List<Field> fields, RecordBatch batch, FileExtent body) {
    Walk walk = new Walk(file, batch, body);
    List<ArrowColumn> columns = new ArrayList<>();
    for (Field field : fields) {
      ArrowColumn column = walk.next(field);
      if (column.length != batch.length()) {
        throw file.damaged(
            "%d values of column '%s' in a record batch of %d rows"
                .formatted(column.length, field.getName(), batch.length()));
      }
      columns.add(column);
    }
    return columns;
  }

  /** Buffer {@code index}, which has to hold {@code needed} bytes. */
  FileExtent buffer(MappedFile file, int index, long needed) {
    FileExtent buffer = buffers.get(index);
    if (!buffer.holds(0, needed)) {
      throw file.damaged(
          "a buffer of %d bytes in column '%s' where %d are needed"
              .formatted(buffer.length(), field.getName(), needed));
    }
    return buffer;
  }

  /** The first null among {@code count} values from {@code from}, or -1 if there is none. */
  long firstNull(MappedFile file, long from, long count) {
    if (nullCount == 0) {
      return -1;
    }
    FileExtent validity = buffer(file, 0, Math.ceilDiv(Math.addExact(from, count), Byte.SIZE));
    for (long i = from; i < from + count; i++) {
      byte bits = file.bytes().get(ValueLayout.JAVA_BYTE, validity.offset() + i / Byte.SIZE);
      if ((bits >>> (i % Byte.SIZE) & 1) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** What is stored for a field: the numbers of dictionary entries where it has a dictionary. */
  static ArrowType storedType(Field field) {
    return field.getDictionary() == null ? field.getType() : field.getDictionary().getIndexType();
  }

  /** Goes through a record batch's nodes and buffers in step with the schema, depth first. */
  private static final class Walk {
    private final MappedFile file;
    private final RecordBatch batch;
    private final FileExtent body;
    private int node;
    private int buffer;
    private int variadic;

    Walk(MappedFile file, RecordBatch batch, FileExtent body) {
      this.file = file;
      this.batch = batch;
      this.body = body;
    }

    ArrowColumn next(Field field) {
      if (node >= batch.nodesLength()) {
        throw file.damaged("a record batch with fewer columns than its schema");
      }
      FieldNode counts = batch.nodes(node++);
      long length = counts.length();
      long nullCount = counts.nullCount();
      if (length < 0 || nullCount < 0 || nullCount > length) {
        throw file.damaged(
            "%d values, %d of them null, in column '%s'"
                .formatted(length, nullCount, field.getName()));
      }
      List<FileExtent> buffers = buffers(storedType(field));
      List<ArrowColumn> children = new ArrayList<>();
      if (field.getDictionary() == null) {
        for (Field child : field.getChildren()) {
          children.add(next(child));
        }
      }
      return new ArrowColumn(field, length, nullCount, buffers, children);
    }

    private List<FileExtent> buffers(ArrowType type) {
      int count = TypeLayout.getTypeBufferCount(type);
      if (type instanceof ArrowType.Utf8View || type instanceof ArrowType.BinaryView) {
        if (variadic >= batch.variadicBufferCountsLength()) {
          throw file.damaged("a record batch with fewer buffers than its schema");
        }
        count = Math.toIntExact(Math.addExact(count, batch.variadicBufferCounts(variadic++)));
      }
      List<FileExtent> buffers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (buffer >= batch.buffersLength()) {
          throw file.damaged("a record batch with fewer buffers than its schema");
        }
        Buffer extent = batch.buffers(buffer++);
        if (!body.holds(extent.offset(), extent.length())) {
          throw file.damaged(
              "a buffer of %d bytes at byte %d of a body of %d"
                  .formatted(extent.length(), extent.offset(), body.length()));
        }
        buffers.add(new FileExtent(body.offset() + extent.offset(), extent.length()));
      }
      return buffers;
    }
  }
}
