package dev.wta.workloads;

/**
 * Encoding and selecting a batch: {@code relu(x W' + b)}, of which each unit keeps its {@link
 * FcStep#WINNERS} largest activations over the batch. The shapes and numbers are those of {@link
 * FcStep}.
 */
public record EncodeWorkload() implements Workload {
  @Override
  public String name() {
    return "encode";
  }

  /** {@code (BATCH, INPUTS)}: the first batch. */
  public float[] images() {
    return InitialValues.pixels(FcStep.BATCH * FcStep.INPUTS);
  }

  /** {@code (UNITS, INPUTS)}. The biases are zeros. */
  public float[] weights() {
    return new FcStep(true).encoderWeights();
  }

  /** Floating-point operations of the product, a multiply-add being two. */
  public double operations() {
    return 2.0 * FcStep.BATCH * FcStep.INPUTS * FcStep.UNITS;
  }
}
