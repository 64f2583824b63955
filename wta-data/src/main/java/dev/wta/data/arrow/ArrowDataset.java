package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ClassNames;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.array.ChannelsLast;
import dev.wta.data.array.OwnedView;
import dev.wta.data.io.MappedFile;
import dev.wta.data.io.NumberType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  private final MappedFile file;
  private final ArrowIndex arrow;
  private final Optional<LabelColumn> labels;
  private final NumberType type;

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

  /** The samples of each row, where rows are sequences of different lengths: their ends. */
  private final Optional<int[]> rowEnds;

  /** The samples of each row elsewhere. */
  private final int perRow;

  private final int rows;

  private ArrowDataset(MappedFile file, ArrowIndex arrow, ReadOptions options) {
    this.file = file;
    this.arrow = arrow;
    SampleColumn column = SampleColumn.find(file, arrow.schema(), options);
    this.labels = LabelColumn.find(file, arrow, options);
    this.type = column.type();
    List<ArrowMessage> batches = arrow.recordBatches();
    int[] firstRows = new int[batches.size()];
    long[] valueOffsets = new long[batches.size()];
    List<Integer> lengths = new ArrayList<>();
    int filled = 0;
    long read = 0;
    long samples = 0;
    for (ArrowMessage message : batches) {
      ArrowColumn values =
          ArrowColumn.of(file, arrow.schema().getFields(), message.recordBatch(), message.body())
              .get(column.index());
      if (values.length() > 0) {
        SampleColumn.Place place = column.locate(values, read);
        lengths.addAll(place.perRow());
        read += values.length();
        if (place.samples() > 0) {
          firstRows[filled] = (int) samples;
          valueOffsets[filled++] = place.begin();
          samples += place.samples();
        }
      }
      if (Math.max(read, samples) > Integer.MAX_VALUE) {
        throw new WtaException(
            "%s has more than %d samples".formatted(file.name(), Integer.MAX_VALUE), "split it");
      }
    }
    if (samples == 0) {
      throw new WtaException(file.name() + " has no samples", "write at least one row");
    }
    this.size = (int) samples;
    this.rows = (int) read;
    this.firstRows = Arrays.copyOf(firstRows, filled);
    this.valueOffsets = Arrays.copyOf(valueOffsets, filled);
    this.perRow = column.ragged() ? 0 : column.perRow();
    this.rowEnds = column.ragged() ? Optional.of(ends(lengths)) : Optional.empty();
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

  private static int[] ends(List<Integer> lengths) {
    int[] ends = lengths.stream().mapToInt(Integer::intValue).toArray();
    Arrays.parallelPrefix(ends, Integer::sum);
    return ends;
  }

  /**
   * Opens a file.
   *
   * @throws WtaException if it is missing, of another format, damaged, without samples, or its
   *     samples are not all of one shape
   */
  public static ArrowDataset open(Path path) {
    if (openAny(MappedFile.open(path), ReadOptions.DEFAULTS) instanceof ArrowDataset data) {
      return data;
    }
    throw new WtaException(
        path + " holds sparse codes", "open it with DatasetFile.open, or encode with --dense");
  }

  /** Opens samples or sparse codes, and takes the file over. */
  static Dataset openAny(MappedFile found, ReadOptions options) {
    Uncompressed read = Uncompressed.of(found);
    MappedFile file = read.file();
    ArrowIndex arrow = read.index();
    boolean opened = false;
    try {
      Dataset data =
          file.parse(
              "its record batches",
              () -> {
                Dataset all =
                    SparseArrowDataset.fits(arrow.schema())
                        ? new SparseArrowDataset(file, arrow, options)
                        : new ArrowDataset(file, arrow, options);
                return options
                    .drop()
                    .map(drop -> all.subset(IntegerColumn.kept(file, arrow, drop, all.size())))
                    .map(kept -> (Dataset) new OwnedView(kept, all))
                    .orElse(all);
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
    return type == NumberType.UINT8 ? ElementType.UINT8 : ElementType.FLOAT32;
  }

  @Override
  public boolean labelled() {
    return labels.isPresent() && labels.get().isIntegral();
  }

  @Override
  public int[] labels() {
    int[] ofRows = labels.orElseThrow(() -> LabelColumn.missing(file, arrow.schema())).read(rows);
    if (perRow == 1) {
      return ofRows;
    }
    int[] ofSamples = new int[size];
    Arrays.setAll(ofSamples, i -> ofRows[sourceRow(i)]);
    return ofSamples;
  }

  @Override
  public int sourceRow(int row) {
    if (rowEnds.isEmpty()) {
      return row / perRow;
    }
    // The first row that ends after this sample: rows without samples are passed over.
    int[] ends = rowEnds.get();
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > row) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
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
      file.copy(type, position, rows * width, target, offset + (row - from) * width);
      row += rows;
      batch++;
    }
    if (channelsLast) {
      ChannelsLast.reorder(sample, target, offset, count);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
