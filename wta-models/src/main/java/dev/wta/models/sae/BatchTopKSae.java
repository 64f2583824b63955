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
import dev.wta.models.competition.BatchTopK;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;

/**
 * The BatchTopK sparse autoencoder (Bussmann et al. 2024): a batch of n samples keeps its n k
 * largest activations, so that a sample gets as many as it needs, and k on average.
 *
 * <pre>{@code
 * z = relu(topk(all of W (x - c) + b, n k));  y = z D + c
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>{@code e'} is what the {@code k-aux} largest dead latents reconstruct of the error {@code e =
 * x - y}, see {@link AuxiliaryLoss}.
 *
 * <p>At inference time there is no mini-batch to compete in: {@code z} is then every activation
 * above {@code t}, the running mean of the smallest one that won in a batch, see {@link
 * RunningThreshold}, which is kept as the state {@code threshold (1)}. That is the representation.
 */
public final class BatchTopKSae extends SparseAutoencoder {
  private static final String NAME = "batch-topk";

  /** Of {@link BatchTopKSae}. */
  public record Settings(
      SaeSettings sae,
      @Setting(help = TopKSae.K_HELP, min = 1, max = 1 << 20) int k,
      AuxiliaryLoss auxiliary)
      implements AuxiliaryLoss.Within<Settings>, ModelSettings<Settings, BatchTopKSae> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, 32, AuxiliaryLoss.DEFAULTS);

    public Settings k(int kept) {
      return with("k", kept);
    }

    @Override
    public BatchTopKSae on(Shape sample, Backend backend, Seed seed) {
      return new BatchTopKSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "BatchTopK sparse autoencoder: a batch keeps its k largest activations a sample,"
              + " wherever they are (Bussmann et al. 2024)",
          Settings.DEFAULTS,
          TopKSae.TRAINING,
          BatchTopKSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(NAME, Settings.DEFAULTS, TopKSae.TRAINING, BatchTopKSae::new);

  private final Settings settings;
  private final RunningThreshold threshold;

  BatchTopKSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    settings.requireLatents("k");
    settings.requireLatents("k-aux");
    super(design, sample, backend, seed);
    this.settings = settings;
    threshold = runningThreshold();
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    SelectionRule rule = new BatchTopK(settings.k()).rule(codeShape(batch.x())).orElseThrow();
    return settings
        .auxiliary()
        .step(
            this,
            tape,
            batch,
            rule,
            (on, samples, centred, winners) -> {
              threshold.follow(on, winners);
              return reconstruction(on, samples, centred, winners);
            });
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return winners(tape, centred, threshold.rule(tape, features()));
  }
}
