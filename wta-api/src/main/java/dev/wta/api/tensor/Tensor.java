package dev.wta.api.tensor;

import dev.wta.api.op.Memory;

/**
 * A float32 row-major array in a backend's memory. It is allocated by {@link Memory#allocate}, read
 * and written by its backend's operations, and freed by whoever allocated it.
 *
 * <p>A view shares its parent's elements and its life: closing the view does nothing, and the view
 * is closed once the parent is. Operations on a closed tensor throw {@link IllegalStateException};
 * operations on another backend's tensor throw {@link IllegalArgumentException}.
 */
public interface Tensor extends AutoCloseable {
  Shape shape();

  /** The number of elements. */
  default long size() {
    return shape().size();
  }

  /**
   * A view of {@code count} rows from row {@code from}.
   *
   * @throws IndexOutOfBoundsException if the rows are not all there
   */
  Tensor rows(int from, int count);

  /**
   * A view of the same elements under another shape.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  Tensor reshape(Shape shape);

  boolean isOpen();

  /**
   * Frees the memory, in any thread, also while another one uses the backend for something else.
   * Closing again, or closing a view, does nothing.
   */
  @Override
  void close();
}
