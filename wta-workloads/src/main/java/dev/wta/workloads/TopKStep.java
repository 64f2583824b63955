package dev.wta.workloads;

import java.util.List;

/**
 * A training step of a TopK sparse autoencoder (Gao et al. 2024): {@code z} is {@code relu((x - c)
 * E' + b)}, of which each sample keeps its {@link #WINNERS} largest; {@code y = z D + c}; the loss
 * is {@code |y - x|^2} averaged over the batch; Adam with its usual constants ({@code beta1 = 0.9,
 * beta2 = 0.999, epsilon = 1e-8}). Biases and moments start at zero. The samples since each unit
 * last won are counted, for a loss that revives dead units once there are some. Step {@code i} sees
 * batch {@code i % (SAMPLES / batch)}, which it copies into the framework's memory first.
 *
 * <p>wta takes it as its family {@code topk} does with its defaults, whose latents compete by their
 * activations times the lengths of the decoder's rows; others need not weigh these.
 *
 * @param name what users call it
 * @param units the latents
 * @param batch the samples of a batch
 */
public record TopKStep(String name, int units, int batch) implements Workload {
  /** The size that the table has. */
  public static final TopKStep USUAL = new TopKStep("topk-step", 6144, 512);

  /** More latents, and batches that suit them. */
  public static final List<TopKStep> LARGE =
      List.of(
          new TopKStep("topk-step-24576x1024", 24_576, 1024),
          new TopKStep("topk-step-24576x4096", 24_576, 4096));

  public static final int SAMPLES = 4096;
  public static final int INPUTS = 768;

  /** Winners a sample. */
  public static final int WINNERS = 32;

  public static final float RATE = 1e-4f;

  /**
   * {@code (SAMPLES, INPUTS)}: standard normal, as activations of a network roughly are. The
   * batches one after another.
   */
  public float[] samples() {
    return InitialValues.normal("samples", 1, SAMPLES * INPUTS);
  }

  /** {@code (units, INPUTS)}: rows of length 1. The decoder's weights start as a copy. */
  public float[] weights() {
    return InitialValues.unitRows("encoder", units, INPUTS);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    return 2.0 * batch * INPUTS * units;
  }
}
