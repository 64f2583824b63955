package dev.wta.cli.job;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.models.Model;
import dev.wta.models.Roae;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** Measures how well the highest-ranked units of a rank-ordered autoencoder draw a data set. */
public final class RanksJob {
  private final Model model;
  private final Dataset data;

  /**
   * The errors.
   *
   * @param error for each number of units from one to all, the L2 norm of the error that those of
   *     the highest rank leave, averaged over the samples
   */
  public record Summary(int samples, double[] error) {}

  @Inject
  RanksJob(Model model, @Named("data") Dataset data) {
    this.model = model;
    this.data = data;
  }

  /**
   * Measures.
   *
   * @throws WtaException if the model's units have no ranks
   */
  public Summary run() {
    if (model instanceof Roae ranked) {
      return new Summary(data.size(), ranked.errorByRank(data));
    }
    throw new WtaException(
        "a model of the family '%s' has units without ranks".formatted(model.family()),
        "give a run of roae");
  }
}
