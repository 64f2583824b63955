package dev.wta.api.reference;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Operands;
import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Memory on the Java heap, which knows what it has handed out. */
final class ReferenceMemory implements Memory, AutoCloseable {
  private static final int LARGEST = Integer.MAX_VALUE - 8; // JVMs need the rest for themselves

  /** Safe to use from threads that close their tensors while another one computes. */
  private final Set<ReferenceStorage> live = ConcurrentHashMap.newKeySet();

  private boolean closed;

  @Override
  public Tensor allocate(Shape shape) {
    return ReferenceTensor.owning(storage(shape.size()), shape);
  }

  @Override
  public Winners allocateWinners(Shape code, int capacity) {
    SparseOperands.allocateWinners(code, capacity);
    return new ReferenceWinners(storage(capacity), code, capacity);
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    Operands.upload(source, offset, target);
    ReferenceTensor to = mine(target);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, source[offset + i]);
    }
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    Operands.download(source, target, offset);
    ReferenceTensor from = mine(source);
    for (int i = 0; i < from.count(); i++) {
      target[offset + i] = from.get(i);
    }
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    SparseOperands.upload(source, target);
    mine(target).replace(source, 0);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    SparseOperands.download(winners, coefficients);
    ReferenceWinners from = mine(winners);
    ReferenceTensor along = mine(coefficients);
    int count = from.count();
    int[] samples = new int[count];
    int[] units = new int[count];
    int[] positions = new int[count];
    float[] values = new float[count];
    Arrays.setAll(samples, from::sample);
    Arrays.setAll(units, from::unit);
    Arrays.setAll(positions, from::position);
    for (int w = 0; w < count; w++) {
      values[w] = along.get(w);
    }
    return new WinnerList(samples, units, positions, values);
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    Operands.copy(source, target);
    ReferenceTensor from = mine(source);
    ReferenceTensor to = mine(target);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, from.get(i));
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    Operands.fill(target);
    ReferenceTensor to = mine(target);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, value);
    }
  }

  /** There is nothing to wait for: every operation is done when it returns. */
  @Override
  public void synchronise() {}

  /** Frees everything that was handed out and is still open. */
  @Override
  public void close() {
    closed = true;
    List.copyOf(live).forEach(ReferenceStorage::free);
  }

  /** {@code tensor} as what it must be: one of this memory's own. */
  ReferenceTensor mine(Tensor tensor) {
    if (tensor instanceof ReferenceTensor own && own.owner() == this) {
      return own;
    }
    throw new IllegalArgumentException(
        "a tensor (%s) of another backend".formatted(tensor.shape()));
  }

  ReferenceWinners mine(Winners winners) {
    if (winners instanceof ReferenceWinners own && own.owner() == this) {
      return own;
    }
    throw new IllegalArgumentException("winners (%s) of another backend".formatted(winners.code()));
  }

  void forget(ReferenceStorage storage) {
    live.remove(storage);
  }

  private ReferenceStorage storage(long size) {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    if (size > LARGEST) {
      throw new WtaException(
          "a tensor of %,d elements is larger than a Java array".formatted(size),
          "use fewer units, a smaller batch, or pooled features");
    }
    ReferenceStorage storage = new ReferenceStorage(this, (int) size);
    live.add(storage);
    return storage;
  }
}
