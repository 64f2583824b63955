package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
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
public final class StandardSae extends PenalisedSae {
  static final String FAMILY = "standard";
  static final SettingsSpec SETTINGS =
      COMMON
          .plus(SettingsSpec.of(SPARSITY, SPARSITY_WARMUP))
          .withDefaults(Map.of("sparsity", 0.25));

  StandardSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code.Sparse code = code(tape, centred(tape, x));
    Loss error = tape.squaredError(decode(tape, code), x);
    return measured(tape, x, error.times(1 / variance()).plus(norm(tape, code)), error, code);
  }

  @Override
  Code.Sparse code(Tape tape, Variable centred) {
    Tensor zeros = tape.temporary(Shape.of(features()));
    backend().memory().fill(zeros, 0);
    return tape.encode(centred, encoder(tape), encoderBias(tape), new SelectionRule.Above(zeros));
  }

  /** Makes {@link StandardSae} from a configuration. */
  public static final class Family extends SaeFamily {
    public Family() {
      super(
          FAMILY,
          "sparse autoencoder of a rectifier and an L1 norm (Bricken et al. 2023)",
          SETTINGS,
          Map.of("rate", 1e-3),
          StandardSae::new);
    }
  }
}
