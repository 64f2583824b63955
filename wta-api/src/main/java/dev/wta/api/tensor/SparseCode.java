package dev.wta.api.tensor;

import java.util.Arrays;

/**
 * The active features of one sample: their numbers, ascending, and their values, none of which is
 * 0. Immutable; a row of {@link SparseCodes} is a view of these.
 */
public final class SparseCode {
  private final int[] indices;
  private final float[] values;
  private final int from;
  private final int size;
  private final int features;

  SparseCode(int[] indices, float[] values, int from, int size, int features) {
    this.indices = indices;
    this.values = values;
    this.from = from;
    this.size = size;
    this.features = features;
  }

  /**
   * A code with copies of the arrays.
   *
   * @param features how many there are, active or not
   * @param indices the active ones, ascending, from 0
   * @throws IllegalArgumentException if they do not ascend or there is no such feature, or there
   *     are more or fewer values
   */
  public static SparseCode of(int features, int[] indices, float[] values) {
    return SparseCodes.of(features, new long[] {0, indices.length}, indices, values).row(0);
  }

  /** The features that are not 0 in a dense code. */
  public static SparseCode ofDense(float... code) {
    return SparseCodes.ofDense(code.length, code).row(0);
  }

  /** How many features are active. */
  public int size() {
    return size;
  }

  /** How many features there are, active or not. */
  public int features() {
    return features;
  }

  /**
   * The number of an active feature.
   *
   * @param i from 0, below {@link #size}
   */
  public int index(int i) {
    return indices[at(i)];
  }

  /** The value of an active feature, as {@link #index}. */
  public float value(int i) {
    return values[at(i)];
  }

  private int at(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException(
          "a code of %d active features has no %d".formatted(size, i));
    }
    return from + i;
  }

  /** A copy of the numbers. */
  public int[] indices() {
    return Arrays.copyOfRange(indices, from, from + size);
  }

  /** A copy of the values. */
  public float[] values() {
    return Arrays.copyOfRange(values, from, from + size);
  }

  /** Receives active features. */
  @FunctionalInterface
  public interface Active {
    void accept(int index, float value);
  }

  /** Calls {@code each} with every active feature, in ascending order. */
  public void forEach(Active each) {
    for (int i = from; i < from + size; i++) {
      each.accept(indices[i], values[i]);
    }
  }

  /** All features, {@code (features)}. */
  public float[] toDense() {
    float[] dense = new float[features];
    forEach((index, value) -> dense[index] = value);
    return dense;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseCode code
        && features == code.features
        && Arrays.equals(indices, from, from + size, code.indices, code.from, code.from + code.size)
        && Arrays.equals(values, from, from + size, code.values, code.from, code.from + code.size);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indices()) + Arrays.hashCode(values());
  }

  /** {@code {3=0.5, 17=1.25} of 512}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach(
        (index, value) ->
            text.append(text.length() == 1 ? "" : ", ").append(index).append('=').append(value));
    return text.append("} of ").append(features).toString();
  }
}
