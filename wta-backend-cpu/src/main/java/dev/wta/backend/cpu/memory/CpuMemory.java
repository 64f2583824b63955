package dev.wta.backend.cpu.memory;

import dev.wta.api.WtaException;
import dev.wta.api.base.OwningMemory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Memory on the Java heap, freed by the garbage collector. */
public final class CpuMemory extends OwningMemory<CpuTensor, CpuWinners> {
  /**
   * Where a tensor begins in its array. Collectors with regions, such as G1, put large arrays at
   * the start of one, 16 bytes for the JVM's own use, and so many more floats complete a cache
   * line: a row of whole lines is then read line by line.
   */
  static final int FIRST = 12;

  public CpuMemory() {
    super(CpuTensor.class, CpuWinners.class);
  }

  @Override
  public CpuTensor allocate(Shape shape) {
    return new CpuTensor(storage(shape), shape, FIRST, false);
  }

  /** The JVM's heap. */
  @Override
  public long most() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public CpuWinners allocateWinners(Shape code, int capacity) {
    Shape slots = Shape.of(capacity);
    CpuTensor.Storage storage = storage(slots);
    return new CpuWinners(storage, code, new CpuTensor(storage, slots, FIRST, true));
  }

  private CpuTensor.Storage storage(Shape shape) {
    requireOpen();
    if (shape.size() > Integer.MAX_VALUE - 8 - FIRST) {
      throw new WtaException(
          "a tensor of shape %s has more elements than a Java array holds".formatted(shape),
          "use fewer units, a smaller batch, or pooled features");
    }
    return new CpuTensor.Storage(this, new float[FIRST + (int) shape.size()]);
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    CpuTensor to = own(target);
    System.arraycopy(source, offset, to.array(), to.offset(), to.length());
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    CpuTensor from = own(source);
    System.arraycopy(from.array(), from.offset(), target, offset, from.length());
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    CpuWinners to = own(target);
    int[] unitStart = to.unitStart();
    Arrays.fill(unitStart, 0);
    CpuTensor values = to.values();
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

  /** The order stays, since units ascend. */
  @Override
  public void spread(Winners source, Tensor coefficients, int[] units, Winners target) {
    CpuWinners from = own(source);
    CpuWinners to = own(target);
    CpuTensor numbers = own(coefficients);
    int count = from.count();
    int[] start = to.unitStart();
    int named = 0;
    for (int u = 0; u <= to.units(); u++) {
      start[u] = named < units.length ? from.unitStart()[named] : count;
      if (named < units.length && units[named] == u) {
        named++;
      }
    }
    System.arraycopy(from.sample(), 0, to.sample(), 0, count);
    System.arraycopy(from.position(), 0, to.position(), 0, from.isMap() ? count : 0);
    CpuTensor values = to.values();
    System.arraycopy(numbers.array(), numbers.offset(), values.array(), values.offset(), count);
    to.seal(0);
  }

  /** Without branches: which are positive is hard to predict. */
  @Override
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    CpuWinners from = own(source);
    CpuTensor numbers = own(coefficients);
    float[] array = numbers.array();
    int first = numbers.offset();
    int count = 0;
    for (int slot = 0; slot < from.count(); slot++) {
      count += array[first + slot] > 0 ? 1 : 0;
    }
    CpuWinners to = own(room.apply(count));
    CpuTensor values = to.values();
    int end = 0;
    for (int u = 0; u < from.units(); u++) {
      to.unitStart()[u] = end;
      for (int slot = from.unitStart()[u]; slot < from.unitStart()[u + 1] && end < count; slot++) {
        to.sample()[end] = from.sample()[slot];
        if (from.isMap()) {
          to.position()[end] = from.position()[slot];
        }
        values.array()[values.offset() + end] = array[first + slot];
        end += array[first + slot] > 0 ? 1 : 0;
      }
    }
    to.unitStart()[from.units()] = count;
    to.seal(from.nanCount());
    return to;
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
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
    CpuTensor from = own(source);
    CpuTensor to = own(target);
    System.arraycopy(from.array(), from.offset(), to.array(), to.offset(), from.length());
  }

  @Override
  public void fill(Tensor target, float value) {
    CpuTensor to = own(target);
    Arrays.fill(to.array(), to.offset(), to.offset() + to.length(), value);
  }

  @Override
  public void freeze(Tensor tensor) {
    own(tensor).freeze();
  }

  /** Operations are done when they return. */
  @Override
  public void synchronise() {}
}
