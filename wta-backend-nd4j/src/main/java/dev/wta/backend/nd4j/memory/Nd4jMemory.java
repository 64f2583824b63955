package dev.wta.backend.nd4j.memory;

import dev.wta.api.base.OwningMemory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory that ND4J allocates, and that is freed here and not when the collector gets to it. */
public final class Nd4jMemory extends OwningMemory<Nd4jTensor, Nd4jWinners> {

  /** Safe to use from threads that close their tensors while another one computes. */
  private final Set<Nd4jStorage> live = ConcurrentHashMap.newKeySet();

  public Nd4jMemory() {
    super(Nd4jTensor.class, Nd4jWinners.class);
  }

  @Override
  public Nd4jTensor allocate(Shape shape) {
    return new Nd4jTensor(storage(shape.size()), shape, 0, false);
  }

  @Override
  public Nd4jWinners allocateWinners(Shape code, int capacity) {
    Nd4jStorage storage = storage(capacity);
    return new Nd4jWinners(storage, code, new Nd4jTensor(storage, Shape.of(capacity), 0, true));
  }

  private Nd4jStorage storage(long size) {
    requireOpen();
    Nd4jStorage storage = new Nd4jStorage(this, size, live::remove);
    live.add(storage);
    return storage;
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    Nd4jTensor to = own(target);
    store(Arrays.copyOfRange(source, offset, offset + (int) to.size()), to);
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    float[] elements = host(own(source));
    System.arraycopy(elements, 0, target, offset, elements.length);
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    replace(own(target), source, 0);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    Nd4jWinners from = own(winners);
    float[] values = host(own(coefficients));
    return new WinnerList(
        from.sampleOf().clone(),
        from.unitOf().clone(),
        from.positionOf().clone(),
        Arrays.copyOf(values, from.count()));
  }

  @Override
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    Nd4jWinners from = own(source);
    WinnerList list = download(source, coefficients);
    WinnerList positive = list.filter(w -> list.values()[w] > 0);
    Nd4jWinners to = own(room.apply(positive.count()));
    replace(to, positive, from.nanCount());
    return to;
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    Nd4jTensor from = own(source);
    Nd4jTensor to = own(target);
    if (!from.isEmpty()) {
      to.vector().assign(from.vector());
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    Nd4jTensor to = own(target);
    if (!to.isEmpty()) {
      to.vector().assign(value);
    }
  }

  @Override
  public void synchronise() {
    Nd4j.getExecutioner().commit();
  }

  @Override
  public void close() {
    super.close();
    List.copyOf(live).forEach(Nd4jStorage::free);
  }

  /** The winners that {@code winners} holds from now on; zeros in the slots that they leave. */
  public void replace(Nd4jWinners winners, WinnerList list, long nans) {
    // Copies: a list is its caller's, who may write to it.
    winners.replace(
        new WinnerList(
            list.samples().clone(), list.units().clone(), list.positions().clone(), list.values()),
        nans);
    store(Arrays.copyOf(list.values(), winners.capacity()), winners.values());
  }

  /** Stores host numbers, as many as the tensor has. */
  public static void store(float[] numbers, Nd4jTensor target) {
    if (!target.isEmpty()) {
      try (INDArray staged = Nd4j.createFromArray(numbers)) {
        target.vector().assign(staged);
      }
    }
  }

  /** The tensor's elements on the host. */
  public static float[] host(Nd4jTensor source) {
    if (source.isEmpty()) {
      return new float[0];
    }
    try (INDArray staged = source.vector().dup()) {
      return staged.data().asFloat();
    }
  }
}
