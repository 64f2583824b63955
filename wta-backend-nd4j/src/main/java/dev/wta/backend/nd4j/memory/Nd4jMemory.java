package dev.wta.backend.nd4j.memory;

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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory that ND4J allocates, and that is freed here and not when the collector gets to it. */
public final class Nd4jMemory implements Memory {

  /** Safe to use from threads that close their tensors while another one computes. */
  private final Set<Nd4jStorage> live = ConcurrentHashMap.newKeySet();

  private boolean closed;

  /** The tensor as this backend's own. */
  public Nd4jTensor own(Tensor tensor) {
    if (tensor instanceof Nd4jTensor mine && mine.owner() == this) {
      return mine;
    }
    throw new IllegalArgumentException(
        "the tensor (%s) belongs to another backend".formatted(tensor.shape()));
  }

  /** The winners as this backend's own. */
  public Nd4jWinners own(Winners winners) {
    if (winners instanceof Nd4jWinners mine && mine.owner() == this) {
      return mine;
    }
    throw new IllegalArgumentException(
        "the winners of %s belong to another backend".formatted(winners.code()));
  }

  @Override
  public Nd4jTensor allocate(Shape shape) {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    Nd4jStorage storage = new Nd4jStorage(this, shape.size(), live::remove);
    live.add(storage);
    return new Nd4jTensor(storage, shape, 0, false);
  }

  @Override
  public Nd4jWinners allocateWinners(Shape code, int capacity) {
    SparseOperands.allocateWinners(code, capacity);
    return new Nd4jWinners(code, allocate(Shape.of(capacity)));
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    Operands.upload(source, offset, target);
    Nd4jTensor to = own(target);
    store(Arrays.copyOfRange(source, offset, offset + (int) to.size()), to);
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    Operands.download(source, target, offset);
    float[] elements = host(own(source));
    System.arraycopy(elements, 0, target, offset, elements.length);
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    SparseOperands.upload(source, target);
    replace(own(target), source, 0);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    SparseOperands.download(winners, coefficients);
    Nd4jWinners from = own(winners);
    float[] values = host(own(coefficients));
    return new WinnerList(
        from.sampleOf().clone(),
        from.unitOf().clone(),
        from.positionOf().clone(),
        Arrays.copyOf(values, from.count()));
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    Operands.copy(source, target);
    Nd4jTensor from = own(source);
    Nd4jTensor to = own(target);
    if (!from.isEmpty()) {
      to.vector().assign(from.vector());
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    Operands.fill(target);
    Nd4jTensor to = own(target);
    if (!to.isEmpty()) {
      to.vector().assign(value);
    }
  }

  @Override
  public void synchronise() {
    Nd4j.getExecutioner().commit();
  }

  /** Frees everything that was handed out and is still open. */
  public void close() {
    closed = true;
    List.copyOf(live).forEach(Nd4jStorage::free);
  }

  /** The winners that {@code winners} holds from now on; zeros in the slots that they leave. */
  public void replace(Nd4jWinners winners, WinnerList list, long nans) {
    // Copies: a list is its caller's, who may write to it.
    winners.replace(
        new WinnerList(
            list.samples().clone(), list.units().clone(), list.positions().clone(), list.values()),
        nans);
    store(Arrays.copyOf(list.values(), winners.capacity()), winners.valueTensor());
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
