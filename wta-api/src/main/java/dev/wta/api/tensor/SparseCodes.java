package dev.wta.api.tensor;

import dev.wta.api.IntSize;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The active features of many samples on the host, in compressed-sparse-row form: those of sample
 * {@code i} are {@code indices} and {@code values} from {@code offsets[i]} to {@code offsets[i +
 * 1]}, by ascending index, and no value is 0. Immutable.
 *
 * <pre>{@code
 * for (SparseCode code : codes) {
 *   code.forEach((feature, value) -> ...);
 * }
 * }</pre>
 */
public final class SparseCodes implements Iterable<SparseCode> {
  private final int features;
  private final long[] offsets; // (rows + 1)
  private final int[] indices;
  private final float[] values;

  private SparseCodes(int features, long[] offsets, int[] indices, float[] values) {
    this.features = features;
    this.offsets = offsets;
    this.indices = indices;
    this.values = values;
  }

  /**
   * Codes with copies of the arrays.
   *
   * @param features how many there are, active or not
   * @param offsets {@code (rows + 1)}: 0 first, the number of values last, never descending
   * @param indices the active features, ascending within each row, from 0
   * @throws IllegalArgumentException if the arrays are not of this form
   */
  public static SparseCodes of(int features, long[] offsets, int[] indices, float[] values) {
    require(
        indices.length == values.length,
        () -> "%d indices and %d values".formatted(indices.length, values.length));
    int rows = offsets.length - 1;
    require(
        rows >= 0 && offsets[0] == 0 && offsets[rows] == indices.length,
        () -> "offsets do not run from 0 to %d".formatted(indices.length));
    for (int row = 0; row < rows; row++) {
      int of = row;
      long end = offsets[row + 1];
      require(
          offsets[row] <= end && end <= indices.length,
          () -> "the offset of row %d exceeds the next one or the end".formatted(of));
      int least = 0;
      for (int i = (int) offsets[row]; i < end; i++) {
        int index = indices[i];
        require(
            index >= least && index < features,
            () ->
                "row %d has index %d of %d features, or not in ascending order"
                    .formatted(of, index, features));
        require(values[i] != 0, () -> "row %d has a value of 0".formatted(of));
        least = index + 1;
      }
    }
    return new SparseCodes(features, offsets.clone(), indices.clone(), values.clone());
  }

  private static void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("no such sparse codes: " + otherwise.get());
    }
  }

  /**
   * The features that are not 0 in dense codes.
   *
   * @param codes {@code (rows, features)}
   */
  public static SparseCodes ofDense(int features, float... codes) {
    return new Builder(features)
        .addDense(codes, features == 0 ? 0 : codes.length / features)
        .build();
  }

  /** How many samples there are. */
  public int rows() {
    return offsets.length - 1;
  }

  /** How many features a sample has, active or not. */
  public int features() {
    return features;
  }

  /** How many features are active in all samples together. */
  public int size() {
    return indices.length;
  }

  /**
   * A view of one sample's active features.
   *
   * @param row from 0
   */
  public SparseCode row(int row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException("%d codes have no row %d".formatted(rows(), row));
    }
    int from = (int) offsets[row];
    return new SparseCode(indices, values, from, (int) offsets[row + 1] - from, features);
  }

  @Override
  public Iterator<SparseCode> iterator() {
    return IntStream.range(0, rows()).mapToObj(this::row).iterator();
  }

  /** A copy of the rows' offsets, {@code (rows + 1)}. */
  public long[] offsets() {
    return offsets.clone();
  }

  /** A copy of the active features' numbers, row by row. */
  public int[] indices() {
    return indices.clone();
  }

  /** A copy of their values. */
  public float[] values() {
    return values.clone();
  }

  /**
   * All features, {@code (rows, features)}.
   *
   * @throws dev.wta.api.WtaException if they are more than an array holds
   */
  public float[] toDense() {
    float[] dense = new float[IntSize.of((long) rows() * features, "features of all samples")];
    for (int row = 0; row < rows(); row++) {
      int start = row * features;
      row(row).forEach((index, value) -> dense[start + index] = value);
    }
    return dense;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseCodes codes
        && features == codes.features
        && Arrays.equals(offsets, codes.offsets)
        && Arrays.equals(indices, codes.indices)
        && Arrays.equals(values, codes.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indices) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "%d codes of %d features, %d active".formatted(rows(), features, size());
  }

  /** Puts codes together, a few samples at a time. */
  public static final class Builder {
    private static final float[] ZEROS = new float[1024];

    /** So many zeros that more are to be expected. */
    private static final int MANY = 8;

    private final int features;
    private long[] offsets = new long[16];
    private int[] indices = new int[64];
    private float[] values = new float[64];
    private int rows;
    private int size;

    /**
     * @param features of a sample
     */
    public Builder(int features) {
      this.features = features;
    }

    /**
     * Adds the features that are not 0 in dense codes.
     *
     * @param codes {@code (rows, features)}; elements beyond are ignored
     * @throws dev.wta.api.WtaException if the values are more than an array holds
     */
    public Builder addDense(float[] codes, int count) {
      for (int row = 0; row < count; row++) {
        addRow(codes, row * features);
      }
      return this;
    }

    /**
     * Codes may be full, so numbers are looked at one by one; after some zeros, which mostly begin
     * a long run, {@link #afterZeros} looks on.
     */
    private void addRow(float[] codes, int start) {
      int end = start + features;
      int zeros = 0;
      for (int at = start; at < end; at = zeros < MANY ? at + 1 : afterZeros(codes, at + 1, end)) {
        float value = codes[at];
        zeros = value == 0 ? zeros + 1 : 0;
        if (value != 0) {
          add(at - start, value);
        }
      }
      if (++rows == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * rows);
      }
      offsets[rows] = size;
    }

    private void add(int index, float value) {
      if (size == indices.length) {
        int more = IntSize.of(2L * size, "active features of all samples");
        indices = Arrays.copyOf(indices, more);
        values = Arrays.copyOf(values, more);
      }
      indices[size] = index;
      values[size++] = value;
    }

    /**
     * The first number from {@code from} on that is not +0, or {@code end}: the JVM compares arrays
     * a vector at a time.
     */
    private static int afterZeros(float[] codes, int from, int end) {
      for (int at = from; at < end; at += ZEROS.length) {
        int length = Math.min(ZEROS.length, end - at);
        int other = Arrays.mismatch(codes, at, at + length, ZEROS, 0, length);
        if (other >= 0) {
          return at + other;
        }
      }
      return end;
    }

    public SparseCodes build() {
      return new SparseCodes(
          features,
          Arrays.copyOf(offsets, rows + 1),
          Arrays.copyOf(indices, size),
          Arrays.copyOf(values, size));
    }
  }
}
