package dev.wta.eval.metrics;

import java.util.List;
import java.util.function.DoublePredicate;

/**
 * The sparsity of a code over a data set.
 *
 * @param samples the samples looked at
 * @param features the numbers of a code
 * @param l0 the mean number of active features of a sample
 * @param l0Quantiles for each of {@link #QUANTILES} the smallest number of active features that at
 *     least this part of the samples does not exceed
 * @param l1 the mean over samples of the sum of absolute activations
 * @param densities for each latent the part of the samples that activate it
 */
public record CodeMetrics(
    long samples,
    int features,
    double l0,
    List<Integer> l0Quantiles,
    double l1,
    List<Double> densities) {
  /**
   * The parts of the samples that {@link #l0Quantiles} are for; 0 and 1 are minimum and maximum.
   */
  public static final List<Double> QUANTILES = List.of(0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0);

  public CodeMetrics {
    l0Quantiles = List.copyOf(l0Quantiles);
    densities = List.copyOf(densities);
  }

  /** The latents that no sample activates. */
  public int deadLatents() {
    return Math.toIntExact(count(density -> density == 0));
  }

  /** The part of the latents that more than {@code part} of the samples activate. */
  public double share(double part) {
    return count(density -> density > part) / (double) densities.size();
  }

  /**
   * The part of all activations that are of latents which more than {@code part} of the samples
   * activate; 0 without activations.
   */
  public double activationShare(double part) {
    double all = densities.stream().mapToDouble(Double::doubleValue).sum();
    double frequent =
        densities.stream().mapToDouble(Double::doubleValue).filter(each -> each > part).sum();
    return all > 0 ? frequent / all : 0;
  }

  private long count(DoublePredicate wanted) {
    return densities.stream().mapToDouble(Double::doubleValue).filter(wanted).count();
  }
}
