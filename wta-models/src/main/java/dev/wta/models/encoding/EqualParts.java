package dev.wta.models.encoding;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.SampleStream;
import java.util.Arrays;
import java.util.Optional;

/** Re-batches a stream of samples into parts of equal size. */
final class EqualParts {
  private final SampleStream source;
  private final int size;
  private Optional<Dataset> current;
  private int taken;
  private long passed;

  EqualParts(SampleStream source, int size) {
    this.source = source;
    this.size = size;
    this.current = source.next();
  }

  /** How many samples the parts so far have. */
  long passed() {
    return passed;
  }

  /** The next part; only the last may be short. */
  Optional<Dataset> next() {
    if (current.isEmpty()) {
      return Optional.empty();
    }
    Dataset like = current.get();
    Shape sample = like.sampleShape();
    ElementType type = like.elementType();
    boolean labelled = like.labelled();
    int width = IntSize.of(sample.size(), "numbers of a sample");
    float[] values = new float[IntSize.of((long) size * width, "numbers of a batch")];
    int[] labels = new int[size];
    int filled = 0;
    while (current.isPresent() && filled < size) {
      Dataset part = current.get();
      if (!part.sampleShape().equals(sample) || part.labelled() != labelled) {
        throw new WtaException(
            "%s has samples of shape %s%s after others of %s"
                .formatted(
                    part.name(), part.sampleShape(), part.labelled() ? ", labelled," : "", sample),
            "send samples of one shape, with labels or without");
      }
      int count = Math.min(size - filled, part.size() - taken);
      part.read(taken, count, values, filled * width);
      if (labelled) {
        System.arraycopy(part.labels(), taken, labels, filled, count);
      }
      filled += count;
      taken += count;
      if (taken == part.size()) {
        current = source.next();
        taken = 0;
      }
    }
    Part part =
        new Part(
            source.name(),
            sample,
            type,
            values,
            labelled ? Optional.of(labels) : Optional.empty(),
            filled,
            passed);
    passed += filled;
    return Optional.of(part);
  }

  /** Some samples in memory, which know their rows in the stream. */
  private static final class Part implements Dataset {
    private final String name;
    private final Shape sample;
    private final ElementType type;
    private final float[] values;
    private final Optional<int[]> labels;
    private final int size;
    private final long first;

    Part(
        String name,
        Shape sample,
        ElementType type,
        float[] values,
        Optional<int[]> labels,
        int size,
        long first) {
      this.name = name;
      this.sample = sample;
      this.type = type;
      this.values = values;
      this.labels = labels;
      this.size = size;
      this.first = first;
    }

    @Override
    public String name() {
      return name;
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
      return labels.isPresent();
    }

    @Override
    public int[] labels() {
      return Arrays.copyOf(labels.orElseThrow(), size);
    }

    @Override
    public void read(int from, int count, float[] target, int offset) {
      int width = Math.toIntExact(sample.size());
      System.arraycopy(values, from * width, target, offset, count * width);
    }

    @Override
    public int sourceRow(int row) {
      return (int) Math.min(Integer.MAX_VALUE, first + row);
    }

    @Override
    public void close() {}
  }
}
