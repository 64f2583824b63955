package dev.wta.api.backend;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.function.IntFunction;

/** The memory of a backend, checked. */
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
      if (code.rank() != 2 && code.rank() != 4) {
        throw new IllegalArgumentException(
            "a code is (samples, units) or (samples, units, height, width), not " + code);
      }
      if (capacity < 0) {
        throw new IllegalArgumentException(
            "no such capacity for winners of %s: %d".formatted(code, capacity));
      }
      return memory.allocateWinners(code, capacity);
    }
  }

  @Override
  public long most() {
    try (var _ = thread.hold()) {
      return memory.most();
    }
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    try (var _ = thread.hold()) {
      Operand.open("upload", "target", target).fits(source, offset);
      memory.upload(source, offset, target);
    }
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    try (var _ = thread.hold()) {
      Operand.open("download", "source", source).fits(target, offset);
      memory.download(source, target, offset);
    }
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("upload", target).fits(source);
      memory.upload(source, target);
    }
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("download", winners).coefficients(coefficients);
      return memory.download(winners, coefficients);
    }
  }

  @Override
  public void spread(Winners source, Tensor coefficients, int[] units, Winners target) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("spread", source).coefficients(coefficients);
      WinnersOperand.open("spread", target).spreads(source, units);
      memory.spread(source, coefficients, units, target);
    }
  }

  @Override
  public void sliceUnits(Winners source, int fromUnit, int toUnit, Winners target) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("sliceUnits", source);
      WinnersOperand.open("sliceUnits", target).copies(source);
      memory.sliceUnits(source, fromUnit, toUnit, target);
    }
  }

  @Override
  public void sliceRanks(Winners source, int from, int to, Winners target) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("sliceRanks", source);
      WinnersOperand.open("sliceRanks", target).copies(source);
      memory.sliceRanks(source, from, to, target);
    }
  }

  @Override
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    try (var _ = thread.hold()) {
      WinnersOperand.open("slicePositive", source).coefficients(coefficients);
      return memory.slicePositive(
          source, coefficients, count -> copying(source, count, room.apply(count)));
    }
  }

  private static Winners copying(Winners source, int count, Winners target) {
    WinnersOperand.open("slicePositive", target).copies(source, count);
    return target;
  }

  @Override
  public void least(Winners winners, Tensor out) {
    try (var _ = thread.hold()) {
      Operand values = WinnersOperand.open("least", winners).coefficients(winners.values());
      Operand.open("least", "out", out).size(1, values);
      memory.least(winners, out);
    }
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("copy", "source", source);
      Operand.open("copy", "target", target).size(source.size(), from);
      memory.copy(source, target);
    }
  }

  @Override
  public void fill(Tensor target, float value) {
    try (var _ = thread.hold()) {
      Operand.open("fill", "target", target);
      memory.fill(target, value);
    }
  }

  @Override
  public void freeze(Tensor tensor) {
    try (var _ = thread.hold()) {
      Operand.open("freeze", "tensor", tensor);
      memory.freeze(tensor);
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
      WinnersOperand.open("download", winners);
      return memory.download(winners);
    }
  }

  @Override
  public float[] download(Tensor source) {
    try (var _ = thread.hold()) {
      Operand.open("download", "source", source);
      return memory.download(source);
    }
  }

  @Override
  public Tensor of(Shape shape, float... values) {
    try (var _ = thread.hold()) {
      if (values.length != shape.size()) {
        throw new IllegalArgumentException(
            "%d values do not fill the shape %s".formatted(values.length, shape));
      }
      return memory.of(shape, values);
    }
  }
}
