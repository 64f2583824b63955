package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ChannelsLast;
import dev.wta.data.ClassNames;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.flatbuf.RecordBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data set in an Arrow IPC file, of the file format or the stream format, as this project,
 * pyarrow and Hugging Face {@code datasets} write them. The file is mapped into memory and read in
 * place, so it may be larger than the memory.
 *
 * <p>The samples are a column of lists of uint8 or float32 (see docs/data.md), the labels an
 * integer column {@code label}. A sample's shape is that of the extension type {@code
 * arrow.fixed_shape_tensor}, or else of the nested lists; {@code (height, width)} is taken as a
 * picture of one channel, {@code (1, height, width)}.
 */
public final class ArrowDataset implements Dataset {
  private static final Logger log = LoggerFactory.getLogger(ArrowDataset.class);

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final ArrowIndex arrow;
  private final Optional<LabelColumn> labels;
  private final ElementType type;

  /** Of one sample as it is read. */
  private final Shape sample;

  /** Whether it is stored as {@code (height, width, channels)}. */
  private final boolean channelsLast;

  private final int width;
  private final int size;

  /** The first row of each record batch that has rows, in order. */
  private final int[] firstRows;

  /** Where the values of each record batch begin in the file. */
  private final long[] valueOffsets;

  private ArrowDataset(MappedFile file, ArrowIndex arrow, List<String> names) {
    this.file = file;
    this.arrow = arrow;
    SampleColumn column = SampleColumn.find(file, arrow.schema(), names);
    this.labels = LabelColumn.find(file, arrow);
    this.type = column.type();
    List<ArrowMessage> batches = arrow.recordBatches();
    int[] firstRows = new int[batches.size()];
    long[] valueOffsets = new long[batches.size()];
    int filled = 0;
    long rows = 0;
    for (ArrowMessage message : batches) {
      RecordBatch batch = message.recordBatch();
      ArrowColumn values =
          ArrowColumn.of(file, arrow.schema().getFields(), batch, message.body())
              .get(column.index());
      if (values.length() > 0) {
        firstRows[filled] = (int) rows;
        valueOffsets[filled++] = column.locate(values, rows);
        rows += values.length();
      }
      if (rows > Integer.MAX_VALUE) {
        throw new WtaException(
            "%s has more than %d samples".formatted(file.name(), Integer.MAX_VALUE), "split it");
      }
    }
    if (rows == 0) {
      throw new WtaException(file.name() + " has no samples", "write at least one row");
    }
    this.size = (int) rows;
    this.firstRows = Arrays.copyOf(firstRows, filled);
    this.valueOffsets = Arrays.copyOf(valueOffsets, filled);
    Shape stored = column.shape();
    this.channelsLast = ChannelsLast.fits(stored, metadata());
    this.sample = channelsLast ? ChannelsLast.shape(stored) : stored;
    if (channelsLast) {
      log.warn(
          "{} has samples of {}, which are taken for (height, width, channels)",
          file.name(),
          stored);
    }
    this.width = Math.toIntExact(sample.size());
  }

  /**
   * Opens a file.
   *
   * @throws WtaException if it is missing, of another format, damaged, compressed, without samples,
   *     or its samples are not all of one shape
   */
  public static ArrowDataset open(Path path) {
    return open(path, SampleColumn.NAMES);
  }

  /** As {@link #open(Path)}, with the names of the samples' column, the preferred ones first. */
  static ArrowDataset open(Path path, List<String> names) {
    if (openAny(MappedFile.open(path), names) instanceof ArrowDataset data) {
      return data;
    }
    throw new WtaException(
        path + " holds sparse codes", "open it with DatasetFile.open, or encode with --dense");
  }

  /** Opens samples or sparse codes, and takes the file over. */
  static Dataset openAny(MappedFile file, List<String> names) {
    boolean opened = false;
    try {
      Dataset data =
          file.parse(
              "its record batches",
              () -> {
                ArrowIndex arrow = ArrowIndex.of(file);
                return SparseArrowDataset.fits(arrow.schema())
                    ? new SparseArrowDataset(file, arrow)
                    : new ArrowDataset(file, arrow, names);
              });
      opened = true;
      return data;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape sampleShape() {
    return sample;
  }

  @Override
  public ElementType elementType() {
    return type;
  }

  @Override
  public boolean labelled() {
    return labels.isPresent() && labels.get().isIntegral();
  }

  @Override
  public int[] labels() {
    return labels.orElseThrow(() -> LabelColumn.missing(file, arrow.schema())).read(size);
  }

  @Override
  public Optional<List<String>> classNames() {
    return labels
        .filter(LabelColumn::isIntegral)
        .flatMap(
            column -> column.entries().or(() -> ClassNames.of(name(), metadata(), column.name())));
  }

  /** What the file says about itself: the metadata of its schema. */
  public Map<String, String> metadata() {
    return arrow.schema().getCustomMetadata();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    Objects.checkFromIndexSize(from, count, size);
    Objects.checkFromIndexSize(offset, Math.multiplyExact(count, width), target.length);
    int place = Arrays.binarySearch(firstRows, from);
    int batch = place >= 0 ? place : -place - 2;
    int row = from;
    int end = from + count;
    while (row < end) {
      int batchEnd = batch + 1 < firstRows.length ? firstRows[batch + 1] : size;
      int rows = Math.min(end, batchEnd) - row;
      long position = valueOffsets[batch] + (long) (row - firstRows[batch]) * width * type.bytes();
      copy(position, rows * width, target, offset + (row - from) * width);
      row += rows;
      batch++;
    }
    if (channelsLast) {
      ChannelsLast.reorder(sample, target, offset, count);
    }
  }

  private void copy(long position, int values, float[] target, int offset) {
    MemorySegment bytes = file.bytes();
    try {
      switch (type) {
        case FLOAT32 -> MemorySegment.copy(bytes, FLOAT, position, target, offset, values);
        case UINT8 -> UnsignedBytes.copy(bytes, position, values, target, offset);
      }
    } catch (InternalError fault) { // how the JVM reports a mapped page that is gone
      throw new WtaException(
          name() + " was changed or cut short while it was read",
          "leave it alone during a run",
          fault);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
