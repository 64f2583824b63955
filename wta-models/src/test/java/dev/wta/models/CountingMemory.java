package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.ForwardingBackend;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** A memory that counts the tensors and winners that it has allocated, and those still open. */
final class CountingMemory implements Memory {
  private final Memory memory;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Winners> winners = new ArrayList<>();

  private CountingMemory(Memory memory) {
    this.memory = memory;
  }

  /** The number of tensors and winners that are open. */
  long open() {
    return tensors.stream().filter(Tensor::isOpen).count()
        + winners.stream().filter(Winners::isOpen).count();
  }

  /** The number of tensors and winners allocated so far. */
  int allocated() {
    return tensors.size() + winners.size();
  }

  @Override
  public Tensor allocate(Shape shape) {
    Tensor tensor = memory.allocate(shape);
    tensors.add(tensor);
    return tensor;
  }

  @Override
  public Winners allocateWinners(Shape code, int capacity) {
    Winners room = memory.allocateWinners(code, capacity);
    winners.add(room);
    return room;
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    memory.upload(source, offset, target);
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    memory.download(source, target, offset);
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    memory.upload(source, target);
  }

  @Override
  public WinnerList download(Winners source, Tensor coefficients) {
    return memory.download(source, coefficients);
  }

  @Override
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    return memory.slicePositive(source, coefficients, room);
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    memory.copy(source, target);
  }

  @Override
  public void fill(Tensor target, float value) {
    memory.fill(target, value);
  }

  @Override
  public void synchronise() {
    memory.synchronise();
  }

  /** A backend whose memory is counted. */
  static final class CountedBackend extends ForwardingBackend {
    private final CountingMemory memory;

    CountedBackend(Backend backend) {
      super(backend);
      memory = new CountingMemory(backend.memory());
    }

    @Override
    public CountingMemory memory() {
      return memory;
    }

    /** None: its memory would not be counted. */
    @Override
    public Optional<Backend> inferenceContext(int most) {
      return Optional.empty();
    }
  }
}
