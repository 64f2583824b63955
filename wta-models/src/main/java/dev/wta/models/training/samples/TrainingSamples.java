package dev.wta.models.training.samples;

import dev.wta.api.IntSize;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.RandomPatches;
import java.util.Optional;

/**
 * The samples that a training reads from a data set: whole samples, or, with the setting {@code
 * patch}, random patches of its images, new ones in each epoch.
 *
 * @param data the data set
 * @param patch the patches' size; empty for whole samples
 * @param perPicture the patches of each image per epoch
 * @param seed where the patches' places come from
 */
public record TrainingSamples(Dataset data, Optional<PatchSize> patch, int perPicture, Seed seed) {
  /** Pre-processing is fitted to about so many patches, however few pictures there are. */
  private static final int FITTING_PATCHES = 100_000;

  /** The same with each sample replaced by its like in another data set. */
  public TrainingSamples with(Dataset other) {
    return new TrainingSamples(other, patch, perPicture, seed);
  }

  /**
   * The shape of one sample, or of one patch.
   *
   * @throws dev.wta.api.WtaException if patches of this size cannot be cut from the data's samples
   */
  public Shape sampleShape() {
    return patch.map(size -> size.of(data)).orElseGet(data::sampleShape);
  }

  /** The samples of an epoch. */
  public int size() {
    return patch.isEmpty()
        ? data.size()
        : IntSize.of((long) data.size() * perPicture, "patches of an epoch");
  }

  /** Whether each epoch has samples of its own. */
  public boolean renewed() {
    return patch.isPresent();
  }

  /** The samples of an epoch. They depend on the data, the settings and the epoch alone. */
  public Dataset ofEpoch(int epoch) {
    return patch.isEmpty()
        ? data
        : RandomPatches.of(data, patch.get(), perPicture, seed.stream("patches", epoch));
  }

  /** What pre-processing is fitted to: all samples, or patches that no epoch has. */
  public Dataset forFitting() {
    return patch.isEmpty()
        ? data
        : RandomPatches.of(
            data,
            patch.get(),
            Math.ceilDiv(FITTING_PATCHES, data.size()),
            seed.stream("patches/fit"));
  }
}
