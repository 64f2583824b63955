package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.codes.CodeWriter;
import dev.wta.data.io.Destination;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes a data set to an Arrow IPC file: a column of the extension type {@code
 * arrow.fixed_shape_tensor}, named {@code features} where a sample has one axis and {@code image}
 * where it has more, and {@code label} as int64.
 *
 * <p>The file is written beside its place and appears there, replacing what was there, on {@link
 * #commit}; closing without it leaves nothing.
 */
public final class ArrowDatasetWriter implements CodeWriter {
  private static final int BATCH_ROWS = 4096;

  /**
   * Record batches of large samples have fewer rows, so that what is collected in memory stays
   * small.
   */
  private static final int BATCH_BYTES = 32 << 20;

  private final ElementType type;
  private final boolean labelled;
  private final int width;
  private final int batchRows;
  private final Destination out;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final ArrowWriter writer;
  private int collected;
  private long written;
  private boolean failed;
  private boolean finished;

  private ArrowDatasetWriter(
      Destination out,
      Shape sample,
      ElementType type,
      boolean labelled,
      Map<String, String> provenance,
      boolean stream) {
    this.out = out;
    this.type = type;
    this.labelled = labelled;
    this.width = Math.toIntExact(sample.size());
    this.batchRows = Math.clamp(BATCH_BYTES / (sample.size() * type.bytes()), 1, BATCH_ROWS);
    this.allocator = new RootAllocator();
    this.root = VectorSchemaRoot.create(schema(sample, type, labelled, provenance), allocator);
    this.writer =
        stream
            ? new ArrowStreamWriter(root, null, out.channel())
            : new ArrowFileWriter(root, null, out.channel());
  }

  /** {@link #create(Path, Shape, ElementType, boolean, Map)} without provenance. */
  public static ArrowDatasetWriter create(
      Path path, Shape sample, ElementType type, boolean labelled) {
    return create(path, sample, type, labelled, Map.of());
  }

  /**
   * Creates a file.
   *
   * @param sample the shape of one sample
   * @param provenance where the data comes from, such as {@code wta.source}: kept in the schema's
   *     metadata
   * @throws WtaException if no file can be written there
   */
  public static ArrowDatasetWriter create(
      Path path, Shape sample, ElementType type, boolean labelled, Map<String, String> provenance) {
    requireValues(sample);
    return new ArrowDatasetWriter(
        Destination.file(path), sample, type, labelled, provenance, false);
  }

  /**
   * Writes the file format or the stream format to a destination, which it takes over.
   *
   * @param stream whether it is the stream format, which can be read while it is written
   */
  public static ArrowDatasetWriter create(
      Destination out,
      Shape sample,
      ElementType type,
      boolean labelled,
      Map<String, String> provenance,
      boolean stream) {
    requireValues(sample);
    return new ArrowDatasetWriter(out, sample, type, labelled, provenance, stream);
  }

  private static void requireValues(Shape sample) {
    if (sample.rank() == 0 || sample.size() == 0) {
      throw new IllegalArgumentException("samples of shape %s hold nothing".formatted(sample));
    }
  }

  private static Schema schema(
      Shape sample, ElementType type, boolean labelled, Map<String, String> provenance) {
    ArrowType element =
        switch (type) {
          case UINT8 -> new ArrowType.Int(Byte.SIZE, false);
          case FLOAT32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
        };
    Field item = new Field("item", FieldType.notNullable(element), null);
    Field values =
        new Field(
            sample.rank() == 1 ? "features" : "image",
            new FieldType(
                false,
                new ArrowType.FixedSizeList(Math.toIntExact(sample.size())),
                null,
                TensorMetadata.of(sample)),
            List.of(item));
    Field label =
        new Field("label", FieldType.notNullable(new ArrowType.Int(Long.SIZE, true)), null);
    Map<String, String> metadata = new LinkedHashMap<>(provenance);
    metadata.put("wta.version", WtaVersion.current());
    return new Schema(labelled ? List.of(values, label) : List.of(values), metadata);
  }

  /**
   * Adds samples of {@link ElementType#UINT8}.
   *
   * @param values {@code (count, sample)}, each 0 to 255
   * @param labelsOrNull {@code (count)}, from 0; null in a file without labels
   * @throws WtaException if the disk fails
   */
  public void append(byte[] values, int[] labelsOrNull, int count) {
    requireAppendable(ElementType.UINT8, values.length, labelsOrNull, count);
    append(
        (buffer, at, from, length) -> buffer.setBytes(at, values, from, length),
        labelsOrNull,
        count);
  }

  /**
   * Adds samples of {@link ElementType#FLOAT32}.
   *
   * @param values {@code (count, sample)}
   * @param labelsOrNull {@code (count)}, from 0; null in a file without labels
   * @throws WtaException if the disk fails
   */
  @Override
  public void append(float[] values, int[] labelsOrNull, int count) {
    requireAppendable(ElementType.FLOAT32, values.length, labelsOrNull, count);
    append(
        (buffer, at, from, length) ->
            buffer
                .nioBuffer(at * Float.BYTES, length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .put(values, from, length),
        labelsOrNull,
        count);
  }

  /**
   * Copies {@code length} of the caller's values from {@code from} to place {@code at} of a buffer.
   */
  private interface Source {
    void copy(ArrowBuf buffer, long at, int from, int length);
  }

  private void append(Source source, int[] labelsOrNull, int count) {
    int row = 0;
    while (row < count) {
      if (collected == 0) {
        allocateBatch();
      }
      int rows = Math.min(count - row, batchRows - collected);
      source.copy(values().getDataBuffer(), (long) collected * width, row * width, rows * width);
      if (labelled) {
        BigIntVector labels = (BigIntVector) root.getVector(1);
        for (int i = 0; i < rows; i++) {
          labels.set(collected + i, labelsOrNull[row + i]);
        }
      }
      collected += rows;
      row += rows;
      if (collected == batchRows) {
        writeBatch();
      }
    }
  }

  private FixedSizeListVector list() {
    return (FixedSizeListVector) root.getVector(0);
  }

  private BaseFixedWidthVector values() {
    return (BaseFixedWidthVector) list().getDataVector();
  }

  private void allocateBatch() {
    list().setInitialCapacity(batchRows);
    list().allocateNew();
    values().allocateNew(batchRows * width);
    if (labelled) {
      ((BigIntVector) root.getVector(1)).allocateNew(batchRows);
    }
  }

  private void writeBatch() {
    setAll(list().getValidityBuffer());
    setAll(values().getValidityBuffer());
    root.setRowCount(collected);
    try {
      writer.writeBatch();
    } catch (IOException diskFailed) {
      throw failed(diskFailed);
    }
    written += collected;
    collected = 0;
  }

  /** Marks every value as not null. */
  private static void setAll(ArrowBuf validity) {
    validity.setOne(0, validity.capacity());
  }

  /**
   * Finishes the file and puts it in its place.
   *
   * @throws WtaException if no samples were added, or the disk fails
   * @throws IllegalStateException if it was committed before, or adding failed
   */
  @Override
  public void commit() {
    requireOpen();
    if (collected > 0) {
      writeBatch();
    }
    if (written == 0) {
      throw new WtaException("there are no samples to write to " + out.name(), "give at least one");
    }
    try {
      writer.end();
      out.commit();
      finished = true;
    } catch (IOException diskFailed) {
      throw failed(diskFailed);
    }
  }

  private WtaException failed(IOException cause) {
    failed = true;
    return out.failed(cause);
  }

  private void requireOpen() {
    if (failed || finished) {
      throw new IllegalStateException(
          "writing %s %s".formatted(out.name(), failed ? "failed before" : "is finished"));
    }
  }

  private void requireAppendable(ElementType given, int length, int[] labelsOrNull, int count) {
    requireOpen();
    if (given != type) {
      throw new IllegalArgumentException("%s values for a file of %s".formatted(given, type));
    }
    if (count < 0 || length / width < count) {
      throw new IllegalArgumentException(
          "%d values for %d samples of %d".formatted(length, count, width));
    }
    if (labelled != (labelsOrNull != null)) {
      throw new IllegalArgumentException(
          labelled ? "no labels for a file with labels" : "labels for a file without");
    }
    if (labelled) {
      Objects.checkFromIndexSize(0, count, labelsOrNull.length);
      for (int i = 0; i < count; i++) {
        if (labelsOrNull[i] < 0) {
          throw new IllegalArgumentException(
              "label %d; classes count from 0".formatted(labelsOrNull[i]));
        }
      }
    }
  }

  /** The disk, for tests to fail. */
  WritableByteChannel channel() {
    return out.channel();
  }

  /**
   * Frees the memory, and removes what was written unless it was committed. Closing again does
   * nothing.
   */
  @Override
  public void close() {
    finished = true;
    root.close();
    allocator.close();
    out.close();
  }
}
