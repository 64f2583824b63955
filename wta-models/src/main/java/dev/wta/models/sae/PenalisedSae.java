package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A sparse autoencoder with as many active units as the loss makes worth their while. What is
 * active is held as a sparse code, and gradients cost in proportion to it; but nothing says
 * beforehand how much that is, so there is room for all units of each sample.
 */
abstract class PenalisedSae extends SparseAutoencoder {
  static final Setting<Double> SPARSITY =
      Setting.real("sparsity", 0, 0, 1e6, "weight of the code's sparsity in the loss");
  static final Setting<Integer> SPARSITY_WARMUP =
      Setting.integer(
          "sparsity-warmup", 1000, 0, Integer.MAX_VALUE, "steps over which sparsity first rises");
  static final Setting<Double> THRESHOLD =
      Setting.real(
          "threshold",
          0.05,
          0,
          1e3,
          "what an activation has to exceed at first, in standard deviations of the samples times"
              + " the decoder's first row length");

  PenalisedSae(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, backend, seed);
  }

  @Override
  public final List<String> notes(int batch, long steps) {
    int warmup = settings().get(SPARSITY_WARMUP);
    return warmup > steps && settings().get(SPARSITY) > 0
        ? List.of(
            "'sparsity-warmup' is %,d steps, and training has %,d: sparsity reaches %.2g of %s"
                .formatted(
                    warmup,
                    steps,
                    settings().get(SPARSITY) * steps / warmup,
                    settings().get(SPARSITY)))
        : List.of();
  }

  /** What an activation has to exceed at first. */
  final float firstThreshold() {
    return (float) (settings().get(THRESHOLD) * activationUnit(readVariance()));
  }

  /** This step's weight of sparsity in the loss. */
  final double sparsity(Tape tape) {
    int warmup = settings().get(SPARSITY_WARMUP);
    double risen = tape.step() < warmup ? (tape.step() + 1.0) / warmup : 1;
    return settings().get(SPARSITY) * risen;
  }

  /**
   * The code's L1 norm as it enters the loss, activations being weighted by the lengths of their
   * rows.
   */
  final Loss norm(Tape tape, Code.Sparse code) {
    Loss norm =
        freeRows()
            ? RowWeightedSparsity.of(tape, code, decoder(tape), OptionalDouble.empty())
            : tape.l1(code);
    return norm.times(sparsity(tape) / Math.sqrt(variance()));
  }

  /** All units may be active, and winners are held with their coordinates. */
  @Override
  public final long activations() {
    return heldForAll();
  }
}
