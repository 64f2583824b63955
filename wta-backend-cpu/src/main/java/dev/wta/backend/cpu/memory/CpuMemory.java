package dev.wta.backend.cpu.memory;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Operands;
import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;

/** Memory on the Java heap. */
public final class CpuMemory implements Memory {
  /**
   * Where a tensor begins in its array. The JVM puts large arrays at the start of a region, 16
   * bytes for its own use, and so many more floats complete a cache line: a row of whole lines is
   * then read line by line.
   */
  private static final int FIRST = 12;

  private boolean open = true;

  boolean isOpen() {
    return open;
  }

  /** Closes every tensor that is still open. */
  public void close() {
    open = false;
  }

  /** The tensor as this backend's own, open. */
  public CpuTensor own(Tensor tensor) {
    if (!(tensor instanceof CpuTensor mine) || mine.memory() != this) {
      throw new IllegalArgumentException(
          "the tensor (%s) belongs to another backend".formatted(tensor.shape()));
    }
    mine.array();
    return mine;
  }

  /** The winners as this backend's own, open. */
  public CpuWinners own(Winners winners) {
    if (!(winners instanceof CpuWinners mine) || mine.valueTensor().memory() != this) {
      throw new IllegalArgumentException(
          "the winners of %s belong to another backend".formatted(winners.code()));
    }
    if (!mine.isOpen()) {
      throw new IllegalStateException("the winners of %s are closed".formatted(winners.code()));
    }
    return mine;
  }

  @Override
  public CpuTensor allocate(Shape shape) {
    if (!open) {
      throw new IllegalStateException("the backend is closed");
    }
    if (shape.size() > Integer.MAX_VALUE - 8 - FIRST) {
      throw new WtaException(
          "a tensor of shape %s has more elements than a Java array holds".formatted(shape),
          "use fewer units, a smaller batch, or pooled features");
    }
    CpuTensor.Storage storage = new CpuTensor.Storage(this, new float[FIRST + (int) shape.size()]);
    return new CpuTensor(storage, shape, FIRST, true);
  }

  @Override
  public CpuWinners allocateWinners(Shape code, int capacity) {
    SparseOperands.allocateWinners(code, capacity);
    return new CpuWinners(code, capacity, allocate(Shape.of(capacity)));
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    Operands.upload(source, offset, target);
    CpuTensor to = own(target);
    System.arraycopy(source, offset, to.array(), to.offset(), to.length());
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    Operands.download(source, target, offset);
    CpuTensor from = own(source);
    System.arraycopy(from.array(), from.offset(), target, offset, from.length());
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    SparseOperands.upload(source, target);
    CpuWinners to = own(target);
    int[] unitStart = to.unitStart();
    Arrays.fill(unitStart, 0);
    CpuTensor values = to.valueTensor();
    for (int slot = 0; slot < source.count(); slot++) {
      unitStart[source.units()[slot] + 1]++;
      to.sample()[slot] = source.samples()[slot];
      if (to.isMap()) {
        to.position()[slot] = source.positions()[slot];
      }
      values.array()[values.offset() + slot] = source.values()[slot];
    }
    for (int u = 0; u < to.units(); u++) {
      unitStart[u + 1] += unitStart[u];
    }
    to.seal(0);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    SparseOperands.download(winners, coefficients);
    CpuWinners from = own(winners);
    CpuTensor numbers = own(coefficients);
    int count = from.count();
    return new WinnerList(
        Arrays.copyOf(from.sample(), count),
        Arrays.copyOf(from.unit(), count),
        from.isMap() ? Arrays.copyOf(from.position(), count) : new int[count],
        Arrays.copyOfRange(numbers.array(), numbers.offset(), numbers.offset() + count));
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    Operands.copy(source, target);
    CpuTensor from = own(source);
    CpuTensor to = own(target);
    System.arraycopy(from.array(), from.offset(), to.array(), to.offset(), from.length());
  }

  @Override
  public void fill(Tensor target, float value) {
    Operands.fill(target);
    CpuTensor to = own(target);
    Arrays.fill(to.array(), to.offset(), to.offset() + to.length(), value);
  }

  /** Operations are done when they return. */
  @Override
  public void synchronise() {}
}
