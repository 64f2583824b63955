package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.loss.SquaredError;
import java.util.List;
import java.util.Map;

/**
 * The sparse autoencoder of Bricken et al. (2023, "Towards Monosemanticity"): a rectifier, and the
 * code's L1 norm in the loss.
 *
 * <pre>{@code
 * z = relu(W (x - c) + b);  y = z D + c
 * loss = |x - y|^2 / variance + sparsity * sum of z_u |D_u| / sqrt(variance)
 * }</pre>
 *
 * <p>Activations count by the lengths of their decoder's rows; with rows of length 1 that is {@code
 * |z|_1}. {@code sparsity} rises from 0 over {@code sparsity-warmup} steps. The representation is
 * z.
 */
public final class StandardSae extends SparseAutoencoder {
  private static final String NAME = "standard";

  /** Of {@link StandardSae}. */
  public record Settings(SaeSettings sae, SparsityPenalty penalty)
      implements SparsityPenalty.Within<Settings>, ModelSettings<Settings, StandardSae> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, new SparsityPenalty(0.25, 150));

    @Override
    public StandardSae on(Shape sample, Backend backend, Seed seed) {
      return new StandardSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  /** {@code clip} lets gradients count by their direction, as in {@link JumpReluSae}. */
  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "sparse autoencoder of a rectifier and an L1 norm (Bricken et al. 2023)",
          Settings.DEFAULTS,
          Map.of("rate", 1e-3, "clip", 3e-3),
          StandardSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(
          NAME, Settings.DEFAULTS, Map.of("rate", 1e-3, "clip", 3e-3), StandardSae::new);

  private final SparsityPenalty penalty;

  StandardSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    super(design, sample, backend, seed);
    penalty = settings.penalty();
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    Code.Sparse code = code(tape, centred(tape, batch.x()));
    Loss error = SquaredError.of(tape, decode(tape, code), batch.decoded());
    Loss norm = penalty.norm(tape, code, decoder(tape), common().freeRows(), variance());
    Loss loss = error.times(1 / variance()).plus(norm);
    return measured(tape, batch, loss, error, code);
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return rectified(tape, centred);
  }

  @Override
  public List<String> notes(int batch, long steps) {
    return penalty.notes(steps);
  }
}
