package dev.wta.models;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.DerivedTensors;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.HashSet;
import java.util.Set;

/** What a request to an {@link Encoder} runs on, one at a time: a tape and room for samples. */
final class EncoderLane implements AutoCloseable {
  /** The most batch sizes whose temporaries are kept. */
  private static final int MOST_SIZES = 4;

  private final Backend backend;
  private final Tape tape;
  private final Set<Integer> sizes = new HashSet<>();
  private float[] host = {};

  EncoderLane(Backend backend, DerivedTensors derived) {
    this.backend = backend;
    this.tape = Tape.frozen(backend, derived);
  }

  /** A forward pass. */
  @FunctionalInterface
  interface Pass {
    /**
     * Runs.
     *
     * @param x {@code (rows, width)}
     */
    Variable of(Tape tape, Tensor x);
  }

  /** At least {@code length} floats of whatever the last request left. */
  float[] host(int length) {
    if (host.length < length) {
      host = new float[length];
    }
    return host;
  }

  /**
   * Runs a pass over rows.
   *
   * @param x {@code (rows, width)}
   * @param out where all of the result's numbers are written, from {@code at} on
   */
  void run(float[] x, int rows, int width, Pass pass, float[] out, int at) {
    if (sizes.add(rows) && sizes.size() > MOST_SIZES) {
      tape.close(); // frees the temporaries; it goes on with new ones
      sizes.clear();
      sizes.add(rows);
    }
    try (var _ = backend.hold()) {
      try {
        Tensor input = tape.temporary(Shape.of(rows, width));
        backend.memory().upload(x, 0, input);
        backend.memory().download(pass.of(tape, input).value(), out, at);
      } finally {
        tape.reset(0);
      }
    }
  }

  @Override
  public void close() {
    tape.close();
  }
}
