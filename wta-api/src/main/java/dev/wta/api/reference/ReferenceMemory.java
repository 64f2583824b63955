package dev.wta.api.reference;

import dev.wta.api.WtaException;
import dev.wta.api.base.OwningMemory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Memory on the Java heap. */
final class ReferenceMemory extends OwningMemory<ReferenceTensor, ReferenceWinners> {
  private static final int LARGEST = Integer.MAX_VALUE - 8; // JVMs need the rest for themselves

  ReferenceMemory() {
    super(ReferenceTensor.class, ReferenceWinners.class);
  }

  /** The JVM's heap. */
  @Override
  public long most() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public Tensor allocate(Shape shape) {
    return ReferenceTensor.owning(storage(shape.size()), shape);
  }

  @Override
  public Winners allocateWinners(Shape code, int capacity) {
    return new ReferenceWinners(storage(capacity), code, capacity);
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    ReferenceTensor to = own(target);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, source[offset + i]);
    }
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    ReferenceTensor from = own(source);
    for (int i = 0; i < from.count(); i++) {
      target[offset + i] = from.get(i);
    }
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    own(target).replace(source, 0);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    ReferenceWinners from = own(winners);
    ReferenceTensor along = own(coefficients);
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
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    ReferenceWinners from = own(source);
    WinnerList list = download(source, coefficients);
    WinnerList positive = list.filter(w -> list.values()[w] > 0);
    ReferenceWinners to = own(room.apply(positive.count()));
    to.replace(positive, from.nanCount());
    return to;
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    ReferenceTensor from = own(source);
    ReferenceTensor to = own(target);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, from.get(i));
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    ReferenceTensor to = own(target);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, value);
    }
  }

  /** There is nothing to wait for: every operation is done when it returns. */
  @Override
  public void synchronise() {}

  private ReferenceStorage storage(long size) {
    requireOpen();
    if (size > LARGEST) {
      throw new WtaException(
          "a tensor of %,d elements is larger than a Java array".formatted(size),
          "use fewer units, a smaller batch, or pooled features");
    }
    return new ReferenceStorage(this, (int) size);
  }
}
