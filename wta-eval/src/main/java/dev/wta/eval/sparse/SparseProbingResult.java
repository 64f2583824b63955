package dev.wta.eval.sparse;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The results of {@link SparseProbing}.
 *
 * @param samples the labelled samples used
 * @param classes a result for each class that was probed, by rising label
 */
public record SparseProbingResult(int samples, List<OfClass> classes) {
  /** The numbers of latents that a sparse probe has. */
  public static final List<Integer> K = List.of(1, 2, 5);

  public SparseProbingResult {
    classes = List.copyOf(classes);
  }

  /**
   * One class against the others. Accuracies are of held-out samples, half of them of the class.
   *
   * @param label of the class
   * @param trainSamples that the probes were fitted to
   * @param testSamples that they were tried on
   * @param topAccuracy by {@link #K}: of a probe on so many latents; empty where there are fewer
   * @param codeAccuracy of a probe on all latents; empty where they do not fit the memory
   * @param inputAccuracy of a probe on the samples themselves
   * @param bestLatent the latent of the largest area under the ROC on the samples to fit
   * @param bestLatentAuroc its area on the held-out samples, those of all other classes included
   */
  public record OfClass(
      int label,
      int trainSamples,
      int testSamples,
      List<OptionalDouble> topAccuracy,
      OptionalDouble codeAccuracy,
      OptionalDouble inputAccuracy,
      int bestLatent,
      double bestLatentAuroc) {}

  /** The mean over classes of a number that each of them has; otherwise empty. */
  public OptionalDouble mean(Function<OfClass, OptionalDouble> number) {
    List<OptionalDouble> numbers = classes.stream().map(number).toList();
    return numbers.stream().allMatch(OptionalDouble::isPresent)
        ? numbers.stream().mapToDouble(OptionalDouble::getAsDouble).average()
        : OptionalDouble.empty();
  }
}
