package dev.wta.api.backend;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;

/** The memory of a backend, for one thread at a time. */
record CheckedMemory(Memory memory, OneThread thread) implements Memory {
  @Override
  public Tensor allocate(Shape shape) {
    try (var _ = thread.hold()) {
      return memory.allocate(shape);
    }
  }

  @Override
  public Winners allocateWinners(Shape code, int capacity) {
    try (var _ = thread.hold()) {
      return memory.allocateWinners(code, capacity);
    }
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    try (var _ = thread.hold()) {
      memory.upload(source, offset, target);
    }
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    try (var _ = thread.hold()) {
      memory.download(source, target, offset);
    }
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    try (var _ = thread.hold()) {
      memory.upload(source, target);
    }
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    try (var _ = thread.hold()) {
      return memory.download(winners, coefficients);
    }
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    try (var _ = thread.hold()) {
      memory.copy(source, target);
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    try (var _ = thread.hold()) {
      memory.fill(target, value);
    }
  }

  @Override
  public void synchronise() {
    try (var _ = thread.hold()) {
      memory.synchronise();
    }
  }

  @Override
  public WinnerList download(Winners winners) {
    try (var _ = thread.hold()) {
      return memory.download(winners);
    }
  }

  @Override
  public float[] download(Tensor source) {
    try (var _ = thread.hold()) {
      return memory.download(source);
    }
  }

  @Override
  public Tensor of(Shape shape, float... values) {
    try (var _ = thread.hold()) {
      return memory.of(shape, values);
    }
  }
}
