package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;

/** A backend's memory that remembers what it gave out, to tell whether all of it came back. */
final class CountingMemory implements Memory {
  private final Memory memory;
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Winners> winners = new ArrayList<>();

  private CountingMemory(Memory memory) {
    this.memory = memory;
  }

  /** How many tensors and winners are still open. */
  long open() {
    return tensors.stream().filter(Tensor::isOpen).count()
        + winners.stream().filter(Winners::isOpen).count();
  }

  /** How many were ever given out. */
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

  /** {@code backend} with its memory counted. */
  record CountedBackend(Backend backend, CountingMemory memory) implements Backend {
    CountedBackend(Backend backend) {
      this(backend, new CountingMemory(backend.memory()));
    }

    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public String device() {
      return backend.device();
    }

    @Override
    public Dense dense() {
      return backend.dense();
    }

    @Override
    public Convolution convolution() {
      return backend.convolution();
    }

    @Override
    public Selection selection() {
      return backend.selection();
    }

    @Override
    public Sparse sparse() {
      return backend.sparse();
    }

    @Override
    public Update update() {
      return backend.update();
    }

    @Override
    public Randomness randomness() {
      return backend.randomness();
    }

    @Override
    public void close() {
      backend.close();
    }
  }
}
