package dev.wta.models.sae;

import dev.wta.api.Backend;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.tape.Tape;

/** A sparse autoencoder with as many active units as the loss makes worth their while. */
abstract class PenalisedSae extends Sae {
  static final Setting<Double> SPARSITY =
      Setting.real("sparsity", 0, 0, 1e6, "weight of the code's sparsity in the loss");
  static final Setting<Integer> SPARSITY_WARMUP =
      Setting.integer(
          "sparsity-warmup", 1000, 0, Integer.MAX_VALUE, "steps over which sparsity first rises");
  private static final int NUMBERS_OF_AN_ACTIVATION = 6;

  PenalisedSae(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, backend, seed);
  }

  /** This step's weight of sparsity in the loss. */
  final double sparsity(Tape tape) {
    int warmup = settings().get(SPARSITY_WARMUP);
    double risen = tape.step() < warmup ? (tape.step() + 1.0) / warmup : 1;
    return settings().get(SPARSITY) * risen;
  }

  /** All units may be active, and winners are held with their coordinates. */
  @Override
  public final long activations() {
    return (long) NUMBERS_OF_AN_ACTIVATION * features();
  }
}
