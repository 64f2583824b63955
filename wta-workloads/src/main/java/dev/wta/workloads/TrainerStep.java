package dev.wta.workloads;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A training step of a family of sparse autoencoders as a tool's own trainer takes it, with the
 * tool's defaults unless stated here: {@link #WINNERS} active latents a sample where a family has
 * that setting, Adam. Tools differ in what they minimise, so rates are compared and losses are not.
 * Step {@code i} sees batch {@code i % (SAMPLES / batch)}.
 *
 * @param name what users call it
 * @param family as wta calls it
 * @param inputs the numbers of a sample
 * @param units the latents
 * @param batch the samples of a batch
 * @param rate Adam's
 * @param threshold where families of thresholds begin, in wta's unit; empty for the default
 * @param bandwidth the kernel's width of a family that has one, where {@code threshold} is given
 */
public record TrainerStep(
    String name,
    String family,
    int inputs,
    int units,
    int batch,
    float rate,
    OptionalDouble threshold,
    double bandwidth)
    implements Workload {
  public static final int SAMPLES = 4096;
  public static final int WINNERS = 32;

  /**
   * The threshold, in standard deviations of a sample times a row's length, that {@link #WINNERS}
   * of 24,576 activations exceed: of standard normal samples of 768 numbers, 3.01 of theirs.
   */
  private static final double LARGE_THRESHOLD = 3.01 / Math.sqrt(768);

  /**
   * The width of a kernel that, with those above it, 2.3 times as many activations lie in: as many
   * as in a training on 40,000 sentence embeddings, from its 400th step on. By the default, which
   * suits samples with structure, nearly all activations of noise would be within it.
   */
  private static final double LARGE_BANDWIDTH = 2 * (3.01 - 2.75) / Math.sqrt(768);

  private static final List<String> FAMILIES =
      List.of("topk", "batch-topk", "matryoshka", "jumprelu", "gated");

  /** One of each family that other tools train, too: small ones, as SAELens' users begin. */
  public static final List<TrainerStep> USUAL =
      FAMILIES.stream()
          .map(
              family ->
                  new TrainerStep(
                      "trainer-" + family,
                      family,
                      384,
                      3072,
                      128,
                      1e-3f,
                      OptionalDouble.empty(),
                      0))
          .toList();

  /**
   * The same with more latents, in the midst of a training: {@link #WINNERS} latents of a sample
   * are active whatever the family.
   */
  public static final List<TrainerStep> LARGE =
      Stream.of(1024, 4096)
          .flatMap(batch -> FAMILIES.stream().map(family -> large(family, batch)))
          .toList();

  private static TrainerStep large(String family, int batch) {
    return new TrainerStep(
        "trainer-%s-24576x%d".formatted(family, batch),
        family,
        768,
        24_576,
        batch,
        1e-4f,
        OptionalDouble.of(LARGE_THRESHOLD),
        LARGE_BANDWIDTH);
  }

  /** {@code (SAMPLES, inputs)}: standard normal. The batches one after another. */
  public float[] samples() {
    return InitialValues.normal("samples", 1, SAMPLES * inputs);
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public double encodingOperations() {
    return 2.0 * batch * inputs * units;
  }
}
