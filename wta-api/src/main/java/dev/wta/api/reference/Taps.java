package dev.wta.api.reference;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/** The elements of a sample that a winner touches: all, or those under its window. */
final class Taps {
  private Taps() {}

  /**
   * An element's row-major index among those of all samples, and the one in the winner's row of the
   * weights that meets it.
   */
  interface Visitor {
    void visit(int element, int weight);
  }

  /** Visits the taps of winner {@code w} that lie inside its sample. */
  static void of(
      ReferenceWinners code, int w, Optional<Window> window, Shape batch, Visitor visitor) {
    if (window.isPresent()) {
      under(code, w, window.get(), batch, visitor);
    } else {
      int width = batch.rowSize();
      for (int j = 0; j < width; j++) {
        visitor.visit(code.sample(w) * width + j, j);
      }
    }
  }

  private static void under(
      ReferenceWinners code, int w, Window window, Shape images, Visitor visitor) {
    int channels = images.extent(1);
    int height = images.extent(2);
    int width = images.extent(3);
    int y = code.position(w) / code.code().extent(3);
    int x = code.position(w) % code.code().extent(3);
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < window.height(); i++) {
        for (int j = 0; j < window.width(); j++) {
          int pixelY = y + i - window.padding();
          int pixelX = x + j - window.padding();
          if (pixelY >= 0 && pixelY < height && pixelX >= 0 && pixelX < width) {
            int pixel = ((code.sample(w) * channels + c) * height + pixelY) * width + pixelX;
            visitor.visit(pixel, (c * window.height() + i) * window.width() + j);
          }
        }
      }
    }
  }
}
