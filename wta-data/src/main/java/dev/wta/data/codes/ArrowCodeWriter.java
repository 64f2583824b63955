package dev.wta.data.codes;

import dev.wta.api.WtaVersion;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.Destination;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** {@link CodeFormat#ARROW} and {@link CodeFormat#ARROW_STREAM}: a record batch for each batch. */
final class ArrowCodeWriter extends SparseCodeWriter {
  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;
  private final VectorLoader loader;
  private final ArrowWriter writer;

  ArrowCodeWriter(
      Destination out,
      int features,
      boolean labelled,
      Map<String, String> provenance,
      boolean stream) {
    super(out, features, labelled);
    root = VectorSchemaRoot.create(schema(features, labelled, provenance), allocator);
    loader = new VectorLoader(root);
    writer =
        stream
            ? new ArrowStreamWriter(root, null, out.channel())
            : new ArrowFileWriter(root, null, out.channel());
  }

  private static Schema schema(int features, boolean labelled, Map<String, String> provenance) {
    List<Field> fields = new ArrayList<>();
    fields.add(list(SparseColumns.INDICES, new ArrowType.Int(Integer.SIZE, true)));
    fields.add(
        list(SparseColumns.VALUES, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)));
    if (labelled) {
      fields.add(new Field("label", FieldType.nullable(new ArrowType.Int(Long.SIZE, true)), null));
    }
    Map<String, String> metadata = new LinkedHashMap<>(provenance);
    metadata.put("wta.version", WtaVersion.current());
    metadata.put(SparseColumns.FEATURES, Integer.toString(features));
    return new Schema(fields, metadata);
  }

  private static Field list(String name, ArrowType type) {
    Field item = new Field("item", FieldType.nullable(type), null);
    return new Field(name, FieldType.nullable(new ArrowType.List()), List.of(item));
  }

  @Override
  void write(SparseCodes codes, int[] labelsOrNull) throws IOException {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> buffers = new ArrayList<>();
    try {
      ByteBuffer numbers = bytes(codes.size(), Integer.BYTES);
      numbers.asIntBuffer().put(codes.indices());
      addList(codes, numbers, nodes, buffers);
      numbers.asFloatBuffer().put(codes.values());
      addList(codes, numbers, nodes, buffers);
      if (labelsOrNull != null) {
        ByteBuffer labels = bytes(codes.rows(), Long.BYTES);
        for (int i = 0; i < labelsOrNull.length; i++) {
          labels.putLong(i * Long.BYTES, labelsOrNull[i]);
        }
        addNumbers(codes.rows(), labels, nodes, buffers);
      }
      try (ArrowRecordBatch batch = new ArrowRecordBatch(codes.rows(), nodes, buffers)) {
        loader.load(batch);
      }
      writer.writeBatch();
      out().flush();
    } finally {
      buffers.forEach(ArrowBuf::close);
      root.clear();
    }
  }

  private void addList(
      SparseCodes codes, ByteBuffer numbers, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
    ByteBuffer offsets = bytes(codes.rows() + 1, Integer.BYTES);
    long[] ends = codes.offsets();
    for (int i = 0; i < ends.length; i++) {
      offsets.putInt(i * Integer.BYTES, (int) ends[i]);
    }
    addNumbers(codes.rows(), offsets, nodes, buffers);
    addNumbers(codes.size(), numbers, nodes, buffers);
  }

  /** Adds what a field has: no validity, as nothing is null, and its values or offsets. */
  private void addNumbers(
      int length, ByteBuffer numbers, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
    nodes.add(new ArrowFieldNode(length, 0));
    buffers.add(allocator.buffer(0));
    ArrowBuf copy = allocator.buffer(numbers.capacity());
    buffers.add(copy);
    copy.setBytes(0, numbers.duplicate());
    copy.writerIndex(numbers.capacity());
  }

  private static ByteBuffer bytes(int count, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  void finish() throws IOException {
    writer.end();
  }

  @Override
  void free() {
    root.close();
    allocator.close();
  }
}
