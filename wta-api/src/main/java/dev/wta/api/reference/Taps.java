package dev.wta.api.reference;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/** The elements of a sample that a winner touches: all, or those under its window. */
final class Taps {
  private Taps() {}

  /**
   * {@code count} elements that follow one another, and the weights that meet them: the first
   * element's row-major index among those of all samples, and the first weight's in the winner's
   * row.
   */
  interface Visitor {
    void visit(int element, int weight, int count);
  }

  /** Visits the taps of winner {@code w} that lie inside its sample. */
  static void of(
      ReferenceWinners code, int w, Optional<Window> window, Shape batch, Visitor visitor) {
    if (window.isPresent()) {
      under(code, w, window.get(), batch, visitor);
    } else {
      int width = batch.rowSize();
      visitor.visit(code.sample(w) * width, 0, width);
    }
  }

  private static void under(
      ReferenceWinners code, int w, Window window, Shape images, Visitor visitor) {
    int channels = images.extent(1);
    int height = images.extent(2);
    int width = images.extent(3);
    int y = code.position(w) / code.code().extent(3);
    int x = code.position(w) % code.code().extent(3);
    int left = x - window.padding(); // the pixel under the window's first column
    int from = Math.max(0, -left);
    int to = Math.min(window.width(), width - left);
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < window.height(); i++) {
        int pixelY = y + i - window.padding();
        if (pixelY >= 0 && pixelY < height && from < to) {
          int pixel = ((code.sample(w) * channels + c) * height + pixelY) * width + left + from;
          visitor.visit(pixel, (c * window.height() + i) * window.width() + from, to - from);
        }
      }
    }
  }
}
