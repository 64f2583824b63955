package dev.wta.cli.job;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.RandomPatches;
import dev.wta.models.Model;
import dev.wta.models.roae.Roae;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.nio.file.Path;

/** Measures how well the highest-ranked units of a rank-ordered autoencoder draw a data set. */
public final class RanksJob {
  private final Roae model;
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
    this.model = (Roae) model; // requireRanks has seen to that
    this.data = data;
  }

  /**
   * Checks that a run's units have ranks, before anything is opened for it.
   *
   * @throws WtaException if they have none
   */
  public static void requireRanks(Path run) {
    String family = RunDirectory.open(run).config().family();
    if (!family.equals(Roae.NAME)) {
      throw new WtaException(
          "%s is a run of '%s', whose units have no ranks".formatted(run, family),
          "give a run of " + Roae.NAME);
    }
  }

  /**
   * Measures. A model of patches gets a random one of each picture, the same in every call.
   *
   * @throws WtaException if the data does not fit the model
   */
  public Summary run() {
    return new Summary(data.size(), model.errorByRank(samples()));
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
