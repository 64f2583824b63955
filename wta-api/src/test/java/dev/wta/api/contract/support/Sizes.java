package dev.wta.api.contract.support;

import dev.wta.api.tensor.Shape;
import java.util.stream.Stream;

/** Awkward sizes: none, one, about a vector, about a tile, primes, and mixtures of them. */
public final class Sizes {
  private Sizes() {}

  /** The three extents of a matrix product. */
  public record Product(int m, int n, int k) {
    public Shape left() {
      return Shape.of(m, k);
    }

    public Shape right() {
      return Shape.of(k, n);
    }

    @Override
    public String toString() {
      return "%dx%d times %dx%d".formatted(m, k, k, n);
    }
  }

  public static Stream<Shape> vectors() {
    return Stream.of(0, 1, 7, 8, 13, 31, 64, 127, 1021).map(Shape::of);
  }

  public static Stream<Shape> matrices() {
    return Stream.of(
        Shape.of(0, 5),
        Shape.of(5, 0),
        Shape.of(1, 1),
        Shape.of(1, 1021),
        Shape.of(1021, 1),
        Shape.of(7, 13),
        Shape.of(8, 64),
        Shape.of(13, 7),
        Shape.of(31, 8),
        Shape.of(64, 127),
        Shape.of(127, 31),
        Shape.of(1021, 127),
        Shape.of(2, 3, 4, 5));
  }

  public static Stream<Product> products() {
    return Stream.of(
        new Product(0, 3, 4),
        new Product(3, 0, 4),
        new Product(3, 4, 0),
        new Product(1, 1, 1),
        new Product(1, 1021, 7),
        new Product(1021, 1, 13),
        new Product(1, 1, 1021),
        new Product(7, 8, 13),
        new Product(8, 7, 31),
        new Product(13, 31, 8),
        new Product(31, 13, 64),
        new Product(64, 64, 64),
        new Product(65, 33, 17),
        new Product(127, 8, 31),
        new Product(7, 127, 127),
        new Product(127, 127, 1),
        new Product(13, 64, 1021),
        new Product(31, 1021, 31),
        new Product(1021, 31, 64),
        // As thin as a probe's: few classes, many samples or features.
        new Product(131, 10, 131),
        new Product(5, 129, 257),
        new Product(16, 67, 1021),
        new Product(71, 3, 4099),
        new Product(2, 4099, 67),
        new Product(50, 100, 530),
        new Product(127, 127, 127));
  }
}
