package com.example;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.sae.AuxiliaryLoss;
import dev.wta.models.sae.SaeBatch;
import dev.wta.models.sae.SaeSettings;
import dev.wta.models.sae.SparseAutoencoder;
import dev.wta.models.settings.Setting;
import java.util.List;
import java.util.Map;

/**
 * A sparse autoencoder of one's own: a winner is among its sample's k largest activations and, in
 * training, in its latent's share of the batch. Dead latents are revived as in TopK.
 */
public final class LifetimeSae extends SparseAutoencoder {
  /** The settings: those of every sparse autoencoder, two of its own, those of the revival. */
  public record Settings(
      SaeSettings sae,
      @Setting(help = "activations that a sample keeps", min = 1, max = 1 << 20) int k,
      @Setting(help = "share of a batch that a latent keeps", above = 0, max = 1) double share,
      AuxiliaryLoss auxiliary)
      implements AuxiliaryLoss.Within<Settings> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, 32, 0.05, AuxiliaryLoss.DEFAULTS);
  }

  public static final ModelFamily FAMILY =
      ModelFamily.of(
              "lifetime-sae", "TopK with a share a latent", Settings.DEFAULTS, LifetimeSae::new)
          .training(Map.of("rate", 1e-3, "preprocess", List.of("scale", "mean-norm")));

  private final Settings settings;

  LifetimeSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    settings.requireLatents("k");
    super("lifetime-sae", settings, sample, backend, seed);
    this.settings = settings;
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    int kept = SelectionRule.winnersAt(settings.share(), batch.x().shape().rows());
    SelectionRule rule =
        new SelectionRule.PerSample(settings.k()).then(new SelectionRule.Lifetime(kept));
    return settings.auxiliary().step(this, tape, batch, rule);
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return winners(tape, centred, new SelectionRule.PerSample(settings.k()));
  }
}
