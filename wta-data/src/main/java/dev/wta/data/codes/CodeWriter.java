package dev.wta.data.codes;

import dev.wta.api.WtaException;

/**
 * Takes the features of samples, a batch at a time, into a file or a stream. A file appears once it
 * is whole, on {@link #commit}; closing without it leaves nothing.
 */
public interface CodeWriter extends AutoCloseable {
  /**
   * Adds samples.
   *
   * @param features {@code (count, features)}, zeros included
   * @param labelsOrNull {@code (count)}, from 0; null where there are none
   * @throws WtaException if the disk fails
   */
  void append(float[] features, int[] labelsOrNull, int count);

  /**
   * Finishes the output.
   *
   * @throws WtaException if the disk fails
   */
  void commit();

  @Override
  void close();
}
