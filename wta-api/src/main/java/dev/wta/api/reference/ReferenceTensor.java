package dev.wta.api.reference;

import dev.wta.api.backend.Operands;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/** A stretch of a {@link ReferenceStorage}, all of it or, in a view, a part. */
final class ReferenceTensor implements Tensor {
  private final ReferenceStorage storage;
  private final int offset;
  private final Shape shape;
  private final int rowSize;
  private final boolean view;

  private ReferenceTensor(ReferenceStorage storage, int offset, Shape shape, boolean view) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.rowSize = shape.rowSize();
    this.view = view;
  }

  /** The tensor that owns {@code storage}. */
  static ReferenceTensor owning(ReferenceStorage storage, Shape shape) {
    return new ReferenceTensor(storage, 0, shape, false);
  }

  /** A view of all of {@code storage}. */
  static ReferenceTensor viewing(ReferenceStorage storage, Shape shape) {
    return new ReferenceTensor(storage, 0, shape, true);
  }

  ReferenceMemory owner() {
    return storage.owner();
  }

  /** Element {@code i} in row-major order. */
  float get(int i) {
    return storage.get(offset + i);
  }

  void set(int i, float value) {
    storage.set(offset + i, value);
  }

  /** Element {@code j} of row {@code i}. */
  float get(int i, int j) {
    return get(i * rowSize + j);
  }

  void set(int i, int j, float value) {
    set(i * rowSize + j, value);
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
    return ((n * shape.extent(1) + c) * shape.extent(2) + y) * shape.extent(3) + x;
  }

  /** Stores double-precision results, each rounded once. */
  void store(double[] values) {
    for (int i = 0; i < values.length; i++) {
      set(i, (float) values[i]);
    }
  }

  int count() {
    return (int) shape.size();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Tensor rows(int from, int count) {
    Operands.rows(this, from, count);
    return new ReferenceTensor(storage, offset + from * rowSize, shape.withRows(count), true);
  }

  @Override
  public Tensor reshape(Shape other) {
    Operands.reshape(this, other);
    return new ReferenceTensor(storage, offset, other, true);
  }

  @Override
  public boolean isOpen() {
    return storage.isOpen();
  }

  @Override
  public void close() {
    if (!view && isOpen()) {
      storage.free();
    }
  }
}
