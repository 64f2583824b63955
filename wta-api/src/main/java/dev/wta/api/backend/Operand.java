package dev.wta.api.backend;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Optional;

/**
 * One tensor of one operation, and what can be asked of it: the words that the checked groups are
 * written in. Each check throws, naming the operation, the operand and both shapes, or returns the
 * operand for the next one.
 *
 * <p>Element-wise operands agree when they are the same matrix: as many rows of as many elements.
 * Vectors (biases, labels, coefficients) need only the right number of elements.
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

  /** A bias, if there is one, that goes with these weights. */
  void bias(Optional<Tensor> bias, int size) {
    if (bias.isPresent()) {
      open(operation, "bias", bias.get()).size(size, this);
    }
  }

  /** As many numbers as the host's array has from {@code offset}. */
  void fits(float[] host, int offset) {
    if (offset < 0 || tensor.size() > host.length - (long) offset) {
      throw new IllegalArgumentException(
          "%s: an array of %d numbers has no %d (%s) from offset %d"
              .formatted(operation, host.length, tensor.size(), shape(), offset));
    }
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
