package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;

/**
 * The TopK sparse autoencoder (Gao et al. 2024): each sample keeps its k largest activations, when
 * training and after it.
 *
 * <pre>{@code
 * z = relu(topk(W (x - c) + b, k));  y = z D + c
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>{@code e'} is what the {@code k-aux} largest dead units draw of the error {@code e = x - y}.
 * The representation is z.
 */
public final class TopKSae extends WinnerSae {
  static final String FAMILY = "topk";
  static final SettingsSpec SETTINGS = COMMON.plus(SettingsSpec.of(K)).plus(AuxiliaryLoss.SETTINGS);

  TopKSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
  }

  @Override
  SelectionRule rule(int samples) {
    return new SelectionRule.PerRow(k());
  }

  @Override
  Code.Sparse code(Tape tape, Variable centred) {
    return code(tape, winners(tape, centred, rule(centred.shape().rows())), centred);
  }

  /** Makes {@link TopKSae} from a configuration. */
  public static final class Family extends SaeFamily {
    public Family() {
      super(
          FAMILY,
          "TopK sparse autoencoder: each sample keeps its k largest activations, and dead units"
              + " are revived (Gao et al. 2024)",
          SETTINGS,
          TRAINING,
          TopKSae::new);
    }
  }
}
