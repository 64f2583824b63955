package dev.wta.api.contract.fuzz;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.List;

/** Random shapes that go together. */
final class Shapes {
  /** What an operation on each element may cost, in elements. */
  static final double ELEMENTS = 1 << 17;

  /** What a product may cost, in multiply-adds. */
  static final double PRODUCTS = 1 << 21;

  /** What a code may have, in elements: sorting them is the dearest thing that a reference does. */
  static final double CODE = 1 << 15;

  private Shapes() {}

  /** Any tensor: a vector, a matrix, or images. */
  static Shape tensor(Choices choices) {
    double budget = choices.budget(ELEMENTS);
    return switch (choices.pick("axes", List.of(2, 2, 2, 1, 4))) {
      case 1 -> Shape.of(choices.extents(budget, "rows"));
      case 2 -> Shape.of(choices.extents(budget, "rows", "columns"));
      default -> Shape.of(choices.extents(budget, "samples", "channels", "height", "width"));
    };
  }

  static Shape matrix(Choices choices) {
    return Shape.of(choices.extents(choices.budget(ELEMENTS), "rows", "columns"));
  }

  static Shape images(Choices choices, double most) {
    return Shape.of(
        choices.extents(choices.budget(most), "samples", "channels", "height", "width"));
  }

  /** A fully-connected code or one of maps. */
  static Shape code(Choices choices) {
    return choices.flag("maps")
        ? images(choices, CODE)
        : Shape.of(choices.extents(choices.budget(CODE), "samples", "units"));
  }

  /** Images, the filters of a window, and the maps that they make. */
  record Geometry(Shape images, Shape filters, Window window) {
    Shape code() {
      return Shape.of(
          images.extent(0),
          filters.extent(0),
          window.mapHeight(images.extent(2)),
          window.mapWidth(images.extent(3)));
    }

    int taps() {
      return window.height() * window.width();
    }
  }

  /** A geometry of at most {@code most} multiply-adds, whose maps have at most so many elements. */
  static Geometry geometry(Choices choices, double most, double mapElements) {
    Window window = window(choices);
    int taps = window.height() * window.width();
    double budget = choices.budget(most) / taps;
    int[] code =
        choices.extents(Math.min(budget, mapElements), "samples", "maps", "mapHeight", "mapWidth");
    // No window fits into less; images without pixels have no maps.
    int height = Math.max(0, code[2] + window.height() - 1 - 2 * window.padding());
    int width = Math.max(0, code[3] + window.width() - 1 - 2 * window.padding());
    double products = product(code[0], code[1], code[2], code[3]);
    double pixels = product(code[0], height, width);
    double filters = product(code[1], taps);
    int channels =
        choices.extent(
            "channels", Math.min(budget / products, ELEMENTS / Math.max(pixels, filters)));
    return new Geometry(
        Shape.of(code[0], channels, height, width),
        Shape.of(code[1], channels, window.height(), window.width()),
        window);
  }

  /** Of extents that may be 0, but cost as if they were 1: other extents must not run off. */
  private static double product(int... extents) {
    double product = 1;
    for (int extent : extents) {
      product *= Math.max(1, extent);
    }
    return product;
  }

  private static Window window(Choices choices) {
    boolean square = choices.pick("square", List.of(true, true, false));
    int height = choices.pick("windowHeight", List.of(1, 2, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 9, 11));
    int width =
        square
            ? height
            : choices.pick("windowWidth", List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 17));
    int most = Math.min(height, width) - 1;
    int padding =
        switch (choices.pick("padding", List.of(0, 0, 1, 2, 2, 2, 3, 10))) {
          case 2 -> Math.min(most, (height - 1) / 2); // "same"
          case Integer drawn -> Math.min(most, drawn);
        };
    return new Window(height, width, padding);
  }
}
