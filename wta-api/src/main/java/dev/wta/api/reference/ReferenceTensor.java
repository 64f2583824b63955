package dev.wta.api.reference;

import dev.wta.api.base.StoredTensor;
import dev.wta.api.tensor.Shape;

/** A tensor in a {@link ReferenceStorage}. */
final class ReferenceTensor extends StoredTensor<ReferenceStorage, ReferenceTensor> {
  private final int width;

  private ReferenceTensor(ReferenceStorage storage, Shape shape, long start, boolean view) {
    super(storage, shape, start, view);
    this.width = shape.rowSize();
  }

  /** The tensor that owns {@code storage}. */
  static ReferenceTensor owning(ReferenceStorage storage, Shape shape) {
    return new ReferenceTensor(storage, shape, 0, false);
  }

  /** A view of all of {@code storage}. */
  static ReferenceTensor viewing(ReferenceStorage storage, Shape shape) {
    return new ReferenceTensor(storage, shape, 0, true);
  }

  @Override
  protected ReferenceTensor view(ReferenceStorage storage, Shape shape, long start) {
    return new ReferenceTensor(storage, shape, start, true);
  }

  /** Element {@code i} in row-major order. */
  float get(int i) {
    return storage().get((int) start() + i);
  }

  void set(int i, float value) {
    storage().set((int) start() + i, value);
  }

  /** Element {@code j} of row {@code i}. */
  float get(int i, int j) {
    return get(i * width + j);
  }

  void set(int i, int j, float value) {
    set(i * width + j, value);
  }

  /** The element of a tensor of four axes, such as image, channel, y and x. */
  float get(int n, int c, int y, int x) {
    return get(index(n, c, y, x));
  }

  void set(int n, int c, int y, int x, float value) {
    set(index(n, c, y, x), value);
  }

  /** Where in row-major order the element of a tensor of four axes stands. */
  int index(int n, int c, int y, int x) {
    return ((n * shape().extent(1) + c) * shape().extent(2) + y) * shape().extent(3) + x;
  }

  /** Stores double-precision results, each rounded once. */
  void store(double[] values) {
    for (int i = 0; i < values.length; i++) {
      set(i, (float) values[i]);
    }
  }

  int count() {
    return (int) shape().size();
  }
}
