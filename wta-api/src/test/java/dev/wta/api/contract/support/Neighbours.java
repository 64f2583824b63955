package dev.wta.api.contract.support;

import dev.wta.api.tensor.Shape;

/**
 * The outputs of a convolution that may share their rounding, see {@link
 * dev.wta.api.backend.Backend}.
 */
public enum Neighbours {
  /** Positions of a plane {@code (..., height, width)} that are at most three apart. */
  POSITIONS(3, 1),
  /** All taps {@code (maps, channels, window height, window width)} of a map and a channel. */
  TAPS(Integer.MAX_VALUE / 2, 2);

  private final int reach;
  private final int factor;

  Neighbours(int reach, int factor) {
    this.reach = reach;
    this.factor = factor;
  }

  /**
   * What counts as each output's magnitude. What is not finite is not rounded: it keeps its own,
   * and does not count among its neighbours.
   */
  public float[] magnitudes(float[] own, Shape shape) {
    int height = shape.extent(2);
    int width = shape.extent(3);
    float[] shared = own.clone();
    for (int i = 0; i < own.length; i++) {
      if (!(own[i] <= Float.MAX_VALUE)) {
        continue;
      }
      int x = i % width;
      int y = i / width % height;
      float largest = 0;
      for (int v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (int u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          float magnitude = own[i + (v - y) * width + u - x];
          if (magnitude <= Float.MAX_VALUE) {
            largest = Math.max(largest, magnitude);
          }
        }
      }
      shared[i] = factor * largest;
    }
    return shared;
  }
}
