package dev.wta.api;

/**
 * One operand of one operation, and what can be asked of it: the words that {@link Operands} is
 * written in. Each check throws, or returns the operand for the next one.
 */
record Check(String operation, String name, Tensor tensor) {

  /** An operand that can be used at all. */
  static Check open(String operation, String name, Tensor tensor) {
    if (!tensor.isOpen()) {
      throw new IllegalStateException(
          "%s: %s (%s) is closed".formatted(operation, name, tensor.shape()));
    }
    return new Check(operation, name, tensor);
  }

  Shape shape() {
    return tensor.shape();
  }

  Check rank(int rank) {
    if (shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d axes".formatted(operation, name, shape(), rank));
    }
    return this;
  }

  Check rows(int wanted, Check other) {
    return count(shape().rows(), wanted, "rows", other);
  }

  Check rowSize(int wanted, Check other) {
    return count(shape().rowSize(), wanted, "elements a row", other);
  }

  Check size(long wanted, Check other) {
    return count(shape().size(), wanted, "elements", other);
  }

  Check extent(int axis, int wanted, String what, Check other) {
    return count(shape().extent(axis), wanted, what, other);
  }

  /** The same matrix shape: as many rows of as many elements. */
  Check like(Check other) {
    return rows(other.shape().rows(), other).rowSize(other.shape().rowSize(), other);
  }

  /** Not the same tensor as an input that is still being read while this is written. */
  @SuppressWarnings("ReferenceEquality") // the question is whether it is the very same tensor
  Check apartFrom(Check... inputs) {
    for (Check input : inputs) {
      if (input.tensor == tensor) {
        throw new IllegalArgumentException(
            "%s: %s (%s) must not be %s (%s) as well"
                .formatted(operation, name, shape(), input.name, input.shape()));
      }
    }
    return this;
  }

  /** The filters of a window: its height and width are the last two extents. */
  Check window(Window window) {
    if (shape().extent(2) != window.height() || shape().extent(3) != window.width()) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have a window's extents, %dx%d"
              .formatted(operation, name, shape(), window.height(), window.width()));
    }
    return this;
  }

  private Check count(long actual, long wanted, String what, Check other) {
    if (actual != wanted) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d %s to go with %s (%s)"
              .formatted(operation, name, shape(), wanted, what, other.name, other.shape()));
    }
    return this;
  }
}
