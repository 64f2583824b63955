package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Samples in a fixed order, all of one shape, read by row number; a label for each where the data
 * has them. Reading is safe from several threads at once, closing is not.
 */
public interface Dataset extends AutoCloseable {
  /** What messages call it: the path of its file. */
  String name();

  /** The number of samples, at least 1. */
  int size();

  /**
   * The shape of one sample: {@code (channels, height, width)} of pictures, otherwise mostly {@code
   * (features)}.
   */
  Shape sampleShape();

  ElementType elementType();

  /** Whether the samples have labels. */
  boolean labelled();

  /**
   * The class of each sample, from 0, in a new array of {@link #size} elements.
   *
   * @throws WtaException if there are none, or they are not class numbers
   */
  int[] labels();

  /** The name of each class at the class's place, where the data name them. */
  default Optional<List<String>> classNames() {
    return Optional.empty();
  }

  /**
   * Reads {@code count} samples from row {@code from}, row-major, as stored: {@link
   * ElementType#UINT8} as 0 to 255.
   *
   * @param target {@code (count, sample)} from {@code offset}
   * @throws IndexOutOfBoundsException if the rows or their place in {@code target} are not all
   *     there
   * @throws IllegalStateException if the data set is closed
   */
  void read(int from, int count, float[] target, int offset);

  /**
   * Reads the samples of some rows, in their order; rows that follow one another are read in one
   * go.
   *
   * @param rows of which the first {@code count} are read
   * @param target {@code (count, sample)} from the beginning
   * @throws IndexOutOfBoundsException as {@link #read}
   */
  default void readRows(int[] rows, int count, float[] target) {
    int width = Math.toIntExact(sampleShape().size());
    int start = 0;
    while (start < count) {
      int end = start + 1;
      while (end < count && rows[end] == rows[end - 1] + 1) {
        end++;
      }
      read(rows[start], end - start, target, start * width);
      start = end;
    }
  }

  /** Where a sample lies in the data that this is a view of: the row that messages name. */
  default int sourceRow(int row) {
    return row;
  }

  /** The data that {@link #sourceRow} counts in: the file that a sample is of. */
  default String sourceName(int row) {
    return name();
  }

  /** Frees what the data set holds. Closing again, or closing a view, does nothing. */
  @Override
  void close();

  /**
   * {@code sha256:} and the hash of shape, type, values and labels: the same for the same data,
   * however its file is cut into record batches. Computed on each call, in one pass over the data.
   */
  default String digest() {
    return DatasetDigest.of(this);
  }

  /** The number of classes: the largest label plus 1. */
  default int classes() {
    return Arrays.stream(labels()).max().orElseThrow() + 1;
  }

  /**
   * A view of {@code count} samples from row {@code from}. It lives as long as this data set.
   *
   * @throws IndexOutOfBoundsException if the rows are not all there
   */
  default Dataset range(int from, int count) {
    Objects.checkFromIndexSize(from, count, size());
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> from + i);
    return subset(rows);
  }

  /**
   * A view of the given rows, in that order. It lives as long as this data set.
   *
   * @throws IndexOutOfBoundsException if a row is not there
   */
  default Dataset subset(int[] rows) {
    return new SubsetDataset(this, rows);
  }
}
