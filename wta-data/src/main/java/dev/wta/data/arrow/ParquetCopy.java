package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.array.Rows;
import dev.wta.data.io.MappedFile;
import dev.wta.data.parquet.ColumnChunk;
import dev.wta.data.parquet.ParquetColumn;
import dev.wta.data.parquet.ParquetFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Parquet file as an Arrow stream: the columns of samples, labels and what is dropped by are
 * unpacked once, into a temporary file that is then read in place as any other.
 */
final class ParquetCopy {
  private static final Logger log = LoggerFactory.getLogger(ParquetCopy.class);

  /** Where pyarrow keeps the schema of the table that it wrote. */
  private static final String ARROW_SCHEMA = "ARROW:schema";

  private static final long BATCH_BYTES = 1 << 24;
  private static final int MOST_ROWS = 4096;

  private final MappedFile file;
  private final ParquetFile parquet;
  private final List<ParquetColumn> columns;
  private final Schema schema;

  private ParquetCopy(MappedFile file, ParquetFile parquet, ReadOptions options) {
    this.file = file;
    this.parquet = parquet;
    Map<String, String> metadata = new HashMap<>(parquet.metadata());
    Map<String, Map<String, String>> ofFields = fieldMetadata(metadata.remove(ARROW_SCHEMA));
    Schema all =
        new Schema(
            parquet.columns().stream()
                .map(column -> field(column, ofFields.getOrDefault(column.name(), Map.of())))
                .toList(),
            metadata);
    // Which it is, without the note that is logged when it is read.
    int samples = SampleColumn.find(file, all, options.rows(Rows.SAMPLE)).index();
    Optional<String> dropped = options.drop().map(ReadOptions.Drop::column);
    columns = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < all.getFields().size(); i++) {
      Field field = all.getFields().get(i);
      if (i == samples
          || LabelColumn.isNamed(field.getName(), options)
          || dropped.filter(field.getName()::equals).isPresent()) {
        columns.add(parquet.columns().get(i));
        fields.add(field);
      }
    }
    schema = new Schema(fields, metadata);
  }

  /**
   * Copies what is read of a file, and takes it over.
   *
   * @return the copy, under the file's name
   * @throws WtaException if it is damaged or holds no samples, or the disk is full
   */
  static MappedFile of(MappedFile file, ReadOptions options) {
    try (file) {
      ParquetCopy copy = new ParquetCopy(file, ParquetFile.of(file), options);
      Path path = Files.createTempFile("wta", ".arrow");
      path.toFile().deleteOnExit(); // where a mapped file cannot be deleted
      try {
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
          copy.write(out);
        }
        log.info("{} was unpacked to {} bytes", file.name(), Files.size(path));
        return MappedFile.open(path, file.name());
      } finally {
        Uncompressed.deleteIfPossible(path);
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be unpacked: %s".formatted(file.name(), failed.getMessage()),
          "make room in " + System.getProperty("java.io.tmpdir"),
          failed);
    }
  }

  /** The metadata of fields in a schema that pyarrow kept, such as the shape of a tensor. */
  private Map<String, Map<String, String>> fieldMetadata(String encoded) {
    Map<String, Map<String, String>> metadata = new HashMap<>();
    if (encoded != null) {
      Schema kept =
          file.parse(
              "its Arrow schema",
              () -> {
                byte[] message = Base64.getDecoder().decode(encoded);
                try (ReadChannel in =
                    new ReadChannel(Channels.newChannel(new ByteArrayInputStream(message)))) {
                  return MessageSerializer.deserializeSchema(in);
                } catch (IOException broken) {
                  throw new IllegalArgumentException(broken);
                }
              });
      kept.getFields().forEach(field -> metadata.put(field.getName(), field.getMetadata()));
    }
    return metadata;
  }

  private static Field field(ParquetColumn column, Map<String, String> metadata) {
    ArrowType type =
        switch (column.element()) {
          case UINT8 -> new ArrowType.Int(Byte.SIZE, false);
          case INT32 -> new ArrowType.Int(Integer.SIZE, true);
          case INT64 -> new ArrowType.Int(Long.SIZE, true);
          case FLOAT16 -> new ArrowType.FloatingPoint(FloatingPointPrecision.HALF);
          case FLOAT32, FLOAT64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
        };
    Field field = new Field("item", FieldType.notNullable(type), List.of());
    for (int i = 0; i < column.depth(); i++) {
      field = new Field("item", FieldType.notNullable(ArrowType.List.INSTANCE), List.of(field));
    }
    return new Field(
        column.name(), new FieldType(false, field.getType(), null, metadata), field.getChildren());
  }

  private void write(FileChannel channel) throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        WriteChannel out = new WriteChannel(channel)) {
      MessageSerializer.serialize(out, schema);
      for (int group = 0; group < parquet.rowGroups(); group++) {
        write(group, allocator, out);
      }
      ArrowStreamWriter.writeEndOfStream(out, IpcOption.DEFAULT);
    }
  }

  private void write(int group, BufferAllocator allocator, WriteChannel out) throws IOException {
    List<ColumnChunk> chunks =
        columns.stream().map(column -> parquet.chunk(column, group)).toList();
    long rows = parquet.rows(group);
    long rowBytes =
        chunks.stream().mapToLong(chunk -> chunk.unpackedBytes() / Math.max(rows, 1)).sum();
    long most = Math.clamp(BATCH_BYTES / Math.max(rowBytes, 1), 1, MOST_ROWS);
    for (long done = 0; done < rows; done += most) {
      int count = (int) Math.min(most, rows - done);
      List<ArrowFieldNode> nodes = new ArrayList<>();
      List<ArrowBuf> buffers = new ArrayList<>();
      try {
        for (int i = 0; i < columns.size(); i++) {
          add(columns.get(i), chunks.get(i).take(count), allocator, nodes, buffers);
        }
        try (ArrowRecordBatch batch = new ArrowRecordBatch(count, nodes, buffers)) {
          MessageSerializer.serialize(out, batch);
        }
      } finally {
        buffers.forEach(ArrowBuf::close);
      }
    }
  }

  /** Adds the buffers of a column; those of its nulls are empty, as there are none. */
  private static void add(
      ParquetColumn column,
      ColumnChunk.Rows rows,
      BufferAllocator allocator,
      List<ArrowFieldNode> nodes,
      List<ArrowBuf> buffers) {
    for (int[] lengths : rows.lengths()) {
      nodes.add(new ArrowFieldNode(lengths.length, 0));
      buffers.add(allocator.buffer(0));
      ArrowBuf offsets = allocator.buffer((lengths.length + 1L) * Integer.BYTES);
      buffers.add(offsets);
      int end = 0;
      offsets.writeInt(end);
      for (int length : lengths) {
        end += length;
        offsets.writeInt(end);
      }
    }
    nodes.add(new ArrowFieldNode(rows.values().length / column.element().bytes(), 0));
    buffers.add(allocator.buffer(0));
    ArrowBuf values = allocator.buffer(rows.values().length);
    buffers.add(values);
    values.writeBytes(rows.values());
  }
}
