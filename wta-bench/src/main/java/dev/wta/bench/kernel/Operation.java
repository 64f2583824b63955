package dev.wta.bench.kernel;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.Backends;
import dev.wta.api.Tensor;
import java.util.function.Supplier;

/**
 * An operation with its operands in place.
 *
 * @param run does it once
 * @param result what the last run computed
 */
record Operation(Runnable run, Supplier<float[]> result) {
  private static final double TOLERANCE = 1e-4;

  /** An operation that leaves what it computed in {@code out}. */
  static Operation into(Operands operands, Tensor out, Runnable run) {
    return new Operation(run, () -> operands.backend().memory().download(out));
  }

  /** Puts an operation's operands in place. */
  interface Maker {
    /**
     * @param samples the size of the batch
     */
    Operation make(Operands operands, int samples);
  }

  /**
   * An operation on the device, after it has computed the same as the reference backend on a small
   * batch.
   */
  static Operation checked(String what, Device device, int samples, int fewSamples, Maker maker) {
    try (Backend reference = Backends.named("reference", BackendOptions.defaults())) {
      float[] expected = maker.make(new Operands(reference), fewSamples).computed();
      float[] actual = maker.make(new Operands(device.get()), fewSamples).computed();
      for (int i = 0; i < expected.length; i++) {
        double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[i]));
        Agreement.require("%s, number %d".formatted(what, i), expected[i], actual[i], tolerance);
      }
    }
    return maker.make(new Operands(device.get()), samples);
  }

  private float[] computed() {
    run.run();
    return result.get();
  }
}
