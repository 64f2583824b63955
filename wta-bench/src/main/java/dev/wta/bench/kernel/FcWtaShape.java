package dev.wta.bench.kernel;

import dev.wta.api.Philox;
import dev.wta.api.Seed;

/**
 * The shape of the main workload, a step of FC-WTA on MNIST, and data that look like MNIST to a
 * kernel.
 */
public final class FcWtaShape {
  public static final int BATCH = 100;
  public static final int INPUTS = 784;
  public static final int UNITS = 2000;

  /** Winners a unit: 5 % of the batch. */
  public static final int WINNERS = 5;

  /** The share of MNIST's pixels that are not black. */
  private static final float INK = 0.19f;

  private FcWtaShape() {}

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public static double encodingOperations() {
    return 2.0 * BATCH * INPUTS * UNITS;
  }

  /** {@code (samples, inputs)}: a fifth of the pixels uniform on [0, 1), the others 0. */
  public static float[] images(int samples) {
    Philox pixels = Seed.of(1).stream("pixels");
    Philox ink = Seed.of(1).stream("ink");
    float[] images = new float[samples * INPUTS];
    for (int i = 0; i < images.length; i++) {
      images[i] = ink.uniform(i) < INK ? pixels.uniform(i) : 0;
    }
    return images;
  }
}
