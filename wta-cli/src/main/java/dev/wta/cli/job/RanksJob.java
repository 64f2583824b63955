package dev.wta.cli.job;

import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.RandomPatches;
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
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  public record Summary(int samples, double[] error) {}

  @Inject
  RanksJob(Model model, @Named("data") Dataset data) {
    this.model = model;
    this.data = data;
  }

  /**
   * Measures. A model of patches gets a random one of each picture, the same in every call.
   *
   * @throws WtaException if the model's units have no ranks, or the data does not fit it
   */
  public Summary run() {
    if (model instanceof Roae ranked) {
      return new Summary(data.size(), ranked.errorByRank(samples()));
    }
    throw new WtaException(
        "a model of the family '%s' has units without ranks".formatted(model.family()),
        "give a run of roae");
  }

  private Dataset samples() {
    Shape wanted = model.sampleShape();
    Shape there = data.sampleShape();
    boolean cut =
        wanted.rank() == 3
            && there.rank() == 3
            && !wanted.equals(there)
            && wanted.extent(0) == there.extent(0);
    return cut
        ? RandomPatches.of(
            data, new PatchSize(wanted.extent(1), wanted.extent(2)), 1, Seed.of(1).stream("ranks"))
        : data;
  }
}
