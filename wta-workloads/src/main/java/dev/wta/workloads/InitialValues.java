package dev.wta.workloads;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;

/** The initial values of workloads: the same in every process. */
final class InitialValues {
  /** The share of MNIST's pixels that are not black. */
  private static final float INK = 0.19f;

  private InitialValues() {}

  /** Normal numbers with mean 0. */
  static float[] normal(String use, float deviation, int count) {
    Philox stream = Seed.of(1).stream(use);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = deviation * stream.normal(i);
    }
    return numbers;
  }

  /** Normal numbers, divided by their row's length, {@code (rows, width)}. */
  static float[] unitRows(String use, int rows, int width) {
    float[] numbers = normal(use, 1, rows * width);
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        squares += (double) numbers[i] * numbers[i];
      }
      double factor = 1 / Math.sqrt(squares);
      for (int i = row * width; i < (row + 1) * width; i++) {
        numbers[i] = (float) (factor * numbers[i]);
      }
    }
    return numbers;
  }

  /** Pixels like MNIST's: a fifth of them uniform on [0, 1), the others 0. */
  static float[] pixels(int count) {
    Philox pixels = Seed.of(1).stream("pixels");
    Philox ink = Seed.of(1).stream("ink");
    float[] images = new float[count];
    for (int i = 0; i < count; i++) {
      images[i] = ink.uniform(i) < INK ? pixels.uniform(i) : 0;
    }
    return images;
  }
}
