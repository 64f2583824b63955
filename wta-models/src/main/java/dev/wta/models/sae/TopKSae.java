package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import java.util.Map;

/**
 * The TopK sparse autoencoder (Gao et al. 2024): each sample keeps its k largest activations, in
 * training and at inference time.
 *
 * <pre>{@code
 * z = relu(topk(W (x - c) + b, k));  y = z D + c
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>{@code e'} is the reconstruction of the residual {@code e = x - y} by the {@code k-aux}
 * largest dead latents, see {@link AuxiliaryLoss}. If the lengths of D's rows are learnt, latents
 * compete by {@code (W (x - c) + b) |D|}. The features are z.
 */
public final class TopKSae extends SparseAutoencoder {
  private static final String NAME = "topk";

  /** The authors' Adam, with a learning rate for the few steps of small data sets. */
  static final Map<String, Object> TRAINING = Map.of("rate", 1e-3, "epsilon", 6.25e-10);

  static final String K_HELP = "activations that each sample keeps";

  /** Of {@link TopKSae}. */
  public record Settings(
      SaeSettings sae,
      @Setting(help = K_HELP, min = 1, max = 1 << 20) int k,
      AuxiliaryLoss auxiliary)
      implements AuxiliaryLoss.Within<Settings>, ModelSettings<Settings, TopKSae> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, 32, AuxiliaryLoss.DEFAULTS);

    public Settings k(int kept) {
      return with("k", kept);
    }

    @Override
    public TopKSae on(Shape sample, Backend backend, Seed seed) {
      return new TopKSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "TopK sparse autoencoder: each sample keeps its k largest activations, and dead latents"
              + " are revived (Gao et al. 2024)",
          Settings.DEFAULTS,
          TRAINING,
          TopKSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(NAME, Settings.DEFAULTS, TRAINING, TopKSae::new);

  private final Settings settings;

  TopKSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    settings.requireLatents("k");
    settings.requireLatents("k-aux");
    super(design, sample, backend, seed);
    this.settings = settings;
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    return settings.auxiliary().step(this, tape, batch, new SelectionRule.PerSample(settings.k()));
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return winners(tape, centred, new SelectionRule.PerSample(settings.k()));
  }

  /** Only winners are stored. */
  @Override
  public long activations() {
    return features();
  }
}
