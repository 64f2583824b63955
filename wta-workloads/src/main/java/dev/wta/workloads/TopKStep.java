package dev.wta.workloads;

/**
 * A training step of a TopK sparse autoencoder (Gao et al. 2024): {@code z} is {@code relu(x E' +
 * b)}, of which each sample keeps its {@link #WINNERS} largest; {@code y = z D + c}; the loss is
 * {@code |y - x|^2} averaged over the batch; Adam with its usual constants ({@code beta1 = 0.9,
 * beta2 = 0.999, epsilon = 1e-8}). Biases and moments start at zero. Step {@code i} sees batch
 * {@code i % BATCHES}, which it copies into the framework's memory first.
 */
public record TopKStep() implements Workload {
  public static final int BATCH = 512;
  public static final int BATCHES = 8;
  public static final int INPUTS = 768;
  public static final int UNITS = 6144;

  /** Winners a sample. */
  public static final int WINNERS = 32;

  public static final float RATE = 1e-4f;

  @Override
  public String name() {
    return "topk-step";
  }

  /** {@code (BATCHES, BATCH, INPUTS)}: standard normal, as activations of a network roughly are. */
  public float[] samples() {
    return InitialValues.normal("samples", 1, BATCHES * BATCH * INPUTS);
  }

  /** {@code (UNITS, INPUTS)}: rows of length 1 or so. The decoder's weights start as a copy. */
  public float[] weights() {
    return InitialValues.normal("encoder", (float) Math.sqrt(1.0 / INPUTS), UNITS * INPUTS);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    return 2.0 * BATCH * INPUTS * UNITS;
  }
}
