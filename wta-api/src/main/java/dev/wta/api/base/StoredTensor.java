package dev.wta.api.base;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/**
 * A stretch of an {@link Allocation}: all of it or, in a view, a part.
 *
 * @param <A> where the elements are
 * @param <T> the tensor itself, which its views are, too
 */
public abstract class StoredTensor<A extends Allocation, T extends StoredTensor<A, T>>
    implements Tensor {
  private final A storage;
  private final Shape shape;
  private final long start;
  private final boolean view;

  /**
   * @param start the element of the allocation that this begins with
   * @param view whether closing this leaves the allocation alone
   */
  protected StoredTensor(A storage, Shape shape, long start, boolean view) {
    this.storage = storage;
    this.shape = shape;
    this.start = start;
    this.view = view;
  }

  /** A view of elements of {@code storage}, as many as {@code shape} has from {@code start} on. */
  protected abstract T view(A storage, Shape shape, long start);

  protected final A storage() {
    return storage;
  }

  /** The element of the allocation that this begins with. */
  protected final long start() {
    return start;
  }

  @Override
  public final Shape shape() {
    return shape;
  }

  public final int rowCount() {
    return shape.rows();
  }

  public final int rowSize() {
    return shape.rowSize();
  }

  public final boolean isEmpty() {
    return shape.size() == 0;
  }

  @Override
  public final T rows(int from, int count) {
    requireOpen("rows");
    if (from < 0 || count < 0 || from > shape.rows() - count) {
      throw new IndexOutOfBoundsException(
          "rows: %s has no %d rows from row %d".formatted(shape, count, from));
    }
    return view(storage, shape.withRows(count), start + (long) from * shape.rowSize());
  }

  @Override
  public final T reshape(Shape other) {
    requireOpen("reshape");
    if (shape.size() != other.size()) {
      throw new IllegalArgumentException(
          "reshape: %s has %d elements, %s has %d"
              .formatted(shape, shape.size(), other, other.size()));
    }
    return view(storage, other, start);
  }

  private void requireOpen(String operation) {
    if (!isOpen()) {
      throw new IllegalStateException("%s: the tensor (%s) is closed".formatted(operation, shape));
    }
  }

  @Override
  public final boolean isOpen() {
    return storage.isOpen();
  }

  @Override
  public final void close() {
    if (!view) {
      storage.free();
    }
  }

  @Override
  public final String toString() {
    return "%s(%s%s)".formatted(getClass().getSimpleName(), shape, isOpen() ? "" : ", closed");
  }
}
