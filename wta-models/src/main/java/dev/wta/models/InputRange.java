package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/**
 * Checks that the inputs of a model of probabilities are in [0, 1]. It looks at the first batch of
 * a training alone: pre-processing treats all alike, and looking waits for the device.
 */
public final class InputRange {
  private final String family;
  private boolean seen;

  public InputRange(String family) {
    this.family = family;
  }

  /**
   * Checks the first batch.
   *
   * @param x {@code (samples, inputs)}
   * @throws WtaException if it holds a number outside [0, 1]
   */
  public void require(Backend backend, Tensor x) {
    if (seen) {
      return;
    }
    float highest = highest(backend, x, 1);
    float lowest = -highest(backend, x, -1);
    if (lowest < 0 || highest > 1) {
      throw new WtaException(
          "%s takes inputs in [0, 1], and these run from %s to %s"
              .formatted(family, lowest, highest),
          "set preprocess to scale for bytes, or scale the data into that range");
    }
    seen = true;
  }

  private static float highest(Backend backend, Tensor x, float sign) {
    Dense dense = backend.dense();
    int width = x.shape().rowSize();
    try (Tensor signed = backend.memory().allocate(x.shape());
        Tensor columns = backend.memory().allocate(Shape.of(1, width));
        Tensor all = backend.memory().allocate(Shape.of(1))) {
      dense.affine(sign, x, 0, signed);
      dense.reduceColumns(Dense.Reduction.MAXIMUM, signed, columns);
      dense.reduceRows(Dense.Reduction.MAXIMUM, columns, all);
      return backend.memory().download(all)[0];
    }
  }
}
