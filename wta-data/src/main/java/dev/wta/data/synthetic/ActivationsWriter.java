package dev.wta.data.synthetic;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes the true activations of samples to an Arrow IPC file, a row a sample: {@code indices}, a
 * list of int32, the numbers of the active features ascending, and {@code values}, a list of
 * float32. The file appears on {@link #commit}; closing without it leaves nothing.
 */
final class ActivationsWriter implements AutoCloseable {
  static final String INDICES = "indices";
  static final String VALUES = "values";

  /** The metadata that says how many features there are, active or not. */
  static final String FEATURES = "wta.features";

  private static final int BATCH_ROWS = 4096;

  private final Path path;
  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;
  private final AtomicFile file;
  private final ArrowFileWriter writer;
  private int collected;
  private int elements;

  private ActivationsWriter(Path path, int features, Map<String, String> provenance) {
    this.path = path;
    root = VectorSchemaRoot.create(schema(features, provenance), allocator);
    file = AtomicFile.create(path);
    writer = new ArrowFileWriter(root, null, file.channel());
  }

  /**
   * Creates a file.
   *
   * @throws WtaException if no file can be written there
   */
  static ActivationsWriter create(Path path, int features, Map<String, String> provenance) {
    return new ActivationsWriter(path, features, provenance);
  }

  private static Schema schema(int features, Map<String, String> provenance) {
    Map<String, String> metadata = new LinkedHashMap<>(provenance);
    metadata.put(FEATURES, Integer.toString(features));
    return new Schema(
        List.of(
            list(INDICES, new ArrowType.Int(Integer.SIZE, true)),
            list(VALUES, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE))),
        metadata);
  }

  private static Field list(String name, ArrowType element) {
    return new Field(
        name,
        FieldType.notNullable(new ArrowType.List()),
        List.of(new Field("item", FieldType.notNullable(element), null)));
  }

  /**
   * Adds a sample.
   *
   * @throws WtaException if the disk fails
   */
  void append(Activations sample) {
    ListVector indices = (ListVector) root.getVector(INDICES);
    ListVector values = (ListVector) root.getVector(VALUES);
    if (collected == 0) {
      root.allocateNew();
      elements = 0;
    }
    indices.startNewValue(collected);
    values.startNewValue(collected);
    for (int i = 0; i < sample.size(); i++) {
      ((IntVector) indices.getDataVector()).setSafe(elements, sample.feature(i));
      ((Float4Vector) values.getDataVector()).setSafe(elements++, sample.value(i));
    }
    indices.endValue(collected, sample.size());
    values.endValue(collected++, sample.size());
    if (collected == BATCH_ROWS) {
      writeBatch();
    }
  }

  private void writeBatch() {
    root.setRowCount(collected);
    try {
      writer.writeBatch();
    } catch (IOException diskFailed) {
      throw failed(diskFailed);
    }
    collected = 0;
  }

  /**
   * Finishes the file and puts it in its place.
   *
   * @throws WtaException if the disk fails
   */
  void commit() {
    if (collected > 0) {
      writeBatch();
    }
    try {
      writer.end();
      file.commit();
    } catch (IOException diskFailed) {
      throw failed(diskFailed);
    }
  }

  private WtaException failed(IOException cause) {
    return new WtaException(
        "%s cannot be written: %s".formatted(path, cause), "make room for it", cause);
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
    try {
      file.close();
    } catch (IOException diskFailed) {
      throw failed(diskFailed);
    }
  }
}
