package dev.wta.api.backend;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/**
 * One operand of one operation, and what can be asked of it: the words that {@link Operands} is
 * written in. Each check throws, or returns the operand for the next one.
 */
record Operand(String operation, String name, Tensor tensor) {

  /** An operand that can be used at all. */
  static Operand open(String operation, String name, Tensor tensor) {
    if (!tensor.isOpen()) {
      throw new IllegalStateException(
          "%s: %s (%s) is closed".formatted(operation, name, tensor.shape()));
    }
    return new Operand(operation, name, tensor);
  }

  Shape shape() {
    return tensor.shape();
  }

  Operand rank(int rank) {
    if (shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d axes".formatted(operation, name, shape(), rank));
    }
    return this;
  }

  Operand rows(int wanted, Operand other) {
    return count(shape().rows(), wanted, "rows", other);
  }

  Operand rowSize(int wanted, Operand other) {
    return count(shape().rowSize(), wanted, "elements a row", other);
  }

  Operand size(long wanted, Operand other) {
    return count(shape().size(), wanted, "elements", other);
  }

  Operand extent(int axis, int wanted, String what, Operand other) {
    return count(shape().extent(axis), wanted, what, other);
  }

  /** The same matrix shape: as many rows of as many elements. */
  Operand like(Operand other) {
    return rows(other.shape().rows(), other).rowSize(other.shape().rowSize(), other);
  }

  /** Not the same tensor as an input that is still being read while this is written. */
  @SuppressWarnings("ReferenceEquality") // the question is whether it is the very same tensor
  Operand apartFrom(Operand... inputs) {
    for (Operand input : inputs) {
      if (input.tensor == tensor) {
        throw new IllegalArgumentException(
            "%s: %s (%s) must not be %s (%s) as well"
                .formatted(operation, name, shape(), input.name, input.shape()));
      }
    }
    return this;
  }

  /** The filters of a window: its height and width are the last two extents. */
  Operand window(Window window) {
    if (shape().extent(2) != window.height() || shape().extent(3) != window.width()) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have a window's extents, %dx%d"
              .formatted(operation, name, shape(), window.height(), window.width()));
    }
    return this;
  }

  private Operand count(long actual, long wanted, String what, Operand other) {
    if (actual != wanted) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d %s to go with %s (%s)"
              .formatted(operation, name, shape(), wanted, what, other.name, other.shape()));
    }
    return this;
  }
}
