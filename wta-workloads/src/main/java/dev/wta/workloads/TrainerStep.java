package dev.wta.workloads;

import java.util.List;

/**
 * A training step of a family of sparse autoencoders as a tool's own trainer takes it, with the
 * tool's defaults where nothing is said here: {@link #UNITS} latents, batches of {@link #BATCH}
 * samples, {@link #WINNERS} active latents a sample where a family has that setting, Adam at {@link
 * #RATE}. Tools differ in what they minimise, so rates are compared and losses are not. Step {@code
 * i} sees batch {@code i % (SAMPLES / BATCH)}.
 *
 * @param family as wta calls it
 */
public record TrainerStep(String family) implements Workload {
  public static final int SAMPLES = 4096;
  public static final int BATCH = 128;
  public static final int INPUTS = 384;
  public static final int UNITS = 3072;
  public static final int WINNERS = 32;
  public static final float RATE = 1e-3f;

  /** One of each family that other tools train, too. */
  public static final List<TrainerStep> ALL =
      List.of(
          new TrainerStep("topk"),
          new TrainerStep("batch-topk"),
          new TrainerStep("matryoshka"),
          new TrainerStep("jumprelu"),
          new TrainerStep("gated"));

  @Override
  public String name() {
    return "trainer-" + family;
  }

  /** {@code (SAMPLES, INPUTS)}: standard normal. The batches one after another. */
  public float[] samples() {
    return InitialValues.normal("samples", 1, SAMPLES * INPUTS);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    return 2.0 * BATCH * INPUTS * UNITS;
  }
}
