package dev.wta.bench.kernel;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.Tensor;
import java.util.function.Supplier;

/**
 * An operation with its operands in place.
 *
 * @param run does it once
 * @param result what the last run computed
 */
record TimedOperation(Runnable run, Supplier<float[]> result) {
  private static final double TOLERANCE = 1e-4;

  /** An operation that leaves what it computed in {@code out}. */
  static TimedOperation into(RandomTensors operands, Tensor out, Runnable run) {
    return new TimedOperation(run, () -> operands.backend().memory().download(out));
  }

  /** Puts an operation's operands in place. */
  interface Maker {
    /**
     * @param samples the size of the batch
     */
    TimedOperation make(RandomTensors operands, int samples);
  }

  /**
   * An operation on the device, after it has computed the same as the reference backend on a small
   * batch.
   */
  static TimedOperation checked(
      String what, BenchBackend device, int samples, int fewSamples, Maker maker) {
    try (Backend reference = Backends.named("reference", BackendOptions.defaults())) {
      float[] expected = maker.make(new RandomTensors(reference), fewSamples).computed();
      float[] actual = maker.make(new RandomTensors(device.get()), fewSamples).computed();
      for (int i = 0; i < expected.length; i++) {
        double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[i]));
        ResultCheck.require("%s, number %d".formatted(what, i), expected[i], actual[i], tolerance);
      }
    }
    return maker.make(new RandomTensors(device.get()), samples);
  }

  private float[] computed() {
    run.run();
    return result.get();
  }
}
