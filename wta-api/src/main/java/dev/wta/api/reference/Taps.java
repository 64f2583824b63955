package dev.wta.api.reference;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;

/** The pixels that a winner of a feature map touches through its window. */
final class Taps {
  private Taps() {}

  /** A pixel's row-major index among all images, and the filter's element that meets it. */
  interface Visitor {
    void visit(int pixel, int channel, int i, int j);
  }

  /** Visits the taps of winner {@code w} that lie inside its image. */
  static void of(ReferenceWinners code, int w, Window window, Shape images, Visitor visitor) {
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
            visitor.visit(pixel, c, i, j);
          }
        }
      }
    }
  }
}
