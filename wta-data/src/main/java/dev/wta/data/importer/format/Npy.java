package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.FiniteValues;
import dev.wta.data.array.NpyHeader;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.SourceFile;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Imports NumPy arrays as {@code numpy.save} writes them, compressed with gzip or not. */
public final class Npy {
  /** How many channels images mostly have. */
  private static final Set<Integer> CHANNELS = Set.of(1, 3, 4);

  private Npy() {}

  /**
   * Writes samples and, where given, their labels to an Arrow file, which replaces what was there.
   * Shapes {@code (samples, height, width)} make images of one channel, {@code (1, height, width)};
   * {@code (samples, features)} and {@code (samples, channels, height, width)} stay as they are.
   *
   * <p>Floats of any width become float32. Whole numbers of any width become uint8, and have to be
   * 0 to 255.
   *
   * @param labels whole numbers from 0, of shape {@code (samples)} or {@code (samples, 1)}
   * @param channelsLast whether images are {@code (samples, height, width, channels)}
   * @throws WtaException if a file is missing, damaged or of another form, the two do not belong
   *     together, or the target cannot be written
   */
  public static ImportSummary convert(
      Path source, Optional<Path> labels, boolean channelsLast, ImportTarget target) {
    try (NpyFile array = NpyFile.open(source, target.out())) {
      Layout layout = Layout.of(array, channelsLast, target.listener());
      Optional<int[]> classes = labels.map(path -> readLabels(path, array, target.out()));
      Map<String, String> provenance = new LinkedHashMap<>();
      provenance.put("wta.import", "npy");
      provenance.put("wta.source", source.getFileName().toString());
      labels.ifPresent(path -> provenance.put("wta.labels", path.getFileName().toString()));
      return ArrowImport.write(new Samples(array, layout, classes), provenance, target);
    }
  }

  /**
   * What a file's header says.
   *
   * @param type of the values, such as {@code float32}
   * @param shape of the whole array
   * @param fortran whether the first axis runs fastest, and not the last
   */
  public record ArrayForm(String type, Shape shape, boolean fortran) {}

  /**
   * Reads a header, and no values.
   *
   * @throws WtaException if the file is missing or no NumPy array of numbers
   */
  public static ArrayForm form(Path file) {
    return SourceFile.reading(
        file,
        () -> {
          try (InputStream raw = SourceFile.open(file)) {
            NpyHeader header = NpyFile.header(file, SourceFile.inflated(raw));
            return new ArrayForm(
                header.type().name().toLowerCase(Locale.ROOT),
                Shape.of(header.extents()),
                header.fortran());
          }
        });
  }

  private static int[] readLabels(Path path, NpyFile samples, Path out) {
    try (NpyFile file = NpyFile.open(path, out)) {
      int[] extents = file.header().extents();
      boolean oneAxis = extents.length == 1 || extents.length == 2 && extents[1] == 1;
      if (!oneAxis || !file.header().type().integral()) {
        throw new WtaException(
            "%s holds values of type %s and shape %s, and not labels"
                .formatted(path, file.header().type(), Shape.of(extents)),
            "give whole numbers along one axis with --labels");
      }
      int count = samples.header().extents()[0];
      if (extents[0] != count) {
        throw new WtaException(
            "%s has %d labels, and %s has %d samples"
                .formatted(path, extents[0], samples.path(), count),
            "give the two files that belong together");
      }
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        long label = file.integer(i);
        if (label < 0 || label >= Integer.MAX_VALUE) {
          throw new WtaException(
              "label %d of %s is %d".formatted(i, path, label), "number classes from 0");
        }
        labels[i] = (int) label;
      }
      return labels;
    }
  }

  /** How a sample's values lie in the file. */
  private static final class Layout {
    private final Shape sample;

    /** The place in the data set's sample of each of the values, in the file's order. */
    private final int[] targets;

    private Layout(Shape sample, int[] targets) {
      this.sample = sample;
      this.targets = targets;
    }

    static Layout of(NpyFile array, boolean channelsLast, ImportListener listener) {
      int[] extents = array.header().extents();
      if (extents.length == 1) {
        throw new WtaException(
            "%s holds %d numbers, as labels do, and not samples"
                .formatted(array.path(), extents[0]),
            "give the samples first, and the labels with --labels");
      }
      if (channelsLast && extents.length < 4) {
        throw new WtaException(
            "%s has the shape %s, without an axis of channels"
                .formatted(array.path(), Shape.of(extents)),
            "leave out --channels-last");
      }
      if (!channelsLast && extents.length == 4 && extents[1] > 4 && CHANNELS.contains(extents[3])) {
        listener.note(
            "%s has the shape %s: if its last axis is that of colours, give --channels-last"
                .formatted(array.path(), Shape.of(extents)));
      }
      int[] axes = Arrays.copyOfRange(extents, 1, extents.length);
      int[] order = channelsLast ? new int[] {2, 0, 1} : identity(axes.length);
      int[] shape = Arrays.stream(order).map(axis -> axes[axis]).toArray();
      Shape sample = Shape.of(shape);
      return new Layout(
          sample.rank() == 2 ? sample.batch(1) : sample,
          targets(axes, order, array.header().fortran()));
    }

    private static int[] identity(int length) {
      int[] order = new int[length];
      Arrays.setAll(order, i -> i);
      return order;
    }

    /**
     * Walks through a sample as the file does.
     *
     * @param axes the extents as the file has them
     * @param order which of those axes is first, second ... in the data set
     */
    private static int[] targets(int[] axes, int[] order, boolean fortran) {
      int[] strides = new int[axes.length]; // in the data set, of the file's axes
      int stride = 1;
      for (int i = order.length - 1; i >= 0; i--) {
        strides[order[i]] = stride;
        stride *= axes[order[i]];
      }
      int[] targets = new int[stride];
      int[] index = new int[axes.length];
      int target = 0;
      for (int place = 0; place < targets.length; place++) {
        targets[place] = target;
        for (int step = 0; step < axes.length; step++) {
          int axis = fortran ? step : axes.length - 1 - step;
          index[axis]++;
          target += strides[axis];
          if (index[axis] < axes[axis]) {
            break;
          }
          target -= strides[axis] * axes[axis];
          index[axis] = 0;
        }
      }
      return targets;
    }
  }

  /** The samples of an open array; its opener closes it. */
  private static final class Samples implements SampleSource {
    private final NpyFile array;
    private final Layout layout;
    private final Optional<int[]> classes;
    private final int size;
    private final boolean integral;
    private int next;

    Samples(NpyFile array, Layout layout, Optional<int[]> classes) {
      this.array = array;
      this.layout = layout;
      this.classes = classes;
      this.size = array.header().extents()[0];
      this.integral = array.header().type().integral();
    }

    @Override
    public Form form() {
      return new Form(layout.sample, array.header().type().imported(), classes.isPresent(), size);
    }

    @Override
    public int read(SampleChunk chunk) {
      int rows = Math.min(chunk.capacity(), size - next);
      int[] targets = layout.targets;
      if (array.header().fortran()) { // a place of all samples, then the next place of all
        for (int place = 0; place < targets.length; place++) {
          for (int row = 0; row < rows; row++) {
            copy((long) place * size + next + row, chunk, row, targets[place]);
          }
        }
      } else {
        for (int row = 0; row < rows; row++) {
          long from = (long) (next + row) * targets.length;
          for (int place = 0; place < targets.length; place++) {
            copy(from + place, chunk, row, targets[place]);
          }
        }
      }
      classes.ifPresent(all -> System.arraycopy(all, next, chunk.labels(), 0, rows));
      next += rows;
      return rows;
    }

    /** Copies a value of the file to its place in a row of the chunk. */
    private void copy(long index, SampleChunk chunk, int row, int value) {
      int target = row * layout.targets.length + value;
      if (integral) {
        long number = array.integer(index);
        if (number < 0 || number > 255) {
          throw new WtaException(
              "%s holds %d in %s, and whole numbers have to be 0 to 255"
                  .formatted(
                      array.path(), number, FiniteValues.place(layout.sample, next + row, value)),
              "save them as float32: numpy.save(path, array.astype('float32'))");
        }
        chunk.bytes()[target] = (byte) number;
      } else {
        float number = array.real(index);
        if (!Float.isFinite(number)) {
          throw notFinite(array.exact(index), row, value);
        }
        chunk.floats()[target] = number;
      }
    }

    private WtaException notFinite(double number, int row, int value) {
      String place = FiniteValues.place(layout.sample, next + row, value);
      return Double.isFinite(number)
          ? new WtaException(
              "%s of %s is %s, which is too large for float32"
                  .formatted(place, array.path(), number),
              "scale the data before saving it")
          : new WtaException(
              "%s of %s is %s".formatted(place, array.path(), number),
              "replace it, or drop the row");
    }
  }
}
