package dev.wta.backend.cpu;

import dev.wta.api.Pool;

/** Max-pooling of one channel's plane. */
final class MaxPooling {
  private final Pool pool;
  private final int height;
  private final int width;

  MaxPooling(Pool pool, int height, int width) {
    this.pool = pool;
    this.height = height;
    this.width = width;
  }

  void run(float[] image, int from, float[] out, int to, float[] argmax, int argmaxTo) {
    int columns = pool.outputExtent(width);
    int rows = pool.outputExtent(height);
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int best = best(image, from, y * pool.stride(), x * pool.stride());
        out[to + y * columns + x] = image[from + best];
        argmax[argmaxTo + y * columns + x] = best;
      }
    }
  }

  /**
   * The position of the window's maximum: the first NaN if there is one, else the first of the
   * largest.
   */
  private int best(float[] image, int from, int top, int left) {
    int best = top * width + left;
    for (int y = top; y < Math.min(height, top + pool.size()); y++) {
      for (int x = left; x < Math.min(width, left + pool.size()); x++) {
        float value = image[from + y * width + x];
        if (Float.isNaN(value)) {
          return y * width + x;
        }
        if (value > image[from + best]) {
          best = y * width + x;
        }
      }
    }
    return best;
  }
}
