package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;

/**
 * The BatchTopK sparse autoencoder (Bussmann et al. 2024): a batch of n samples keeps its n k
 * largest activations, so that a sample gets as many as it needs, and k on average.
 *
 * <pre>{@code
 * z = relu(topk(all of W (x - c) + b, n k));  y = z D + c
 * loss = (|x - y|^2 + aux-weight |e - e'|^2) / variance
 * }</pre>
 *
 * <p>{@code e'} is what the {@code k-aux} largest dead units draw of the error {@code e = x - y}.
 *
 * <p>Outside training a sample has no company: {@code z} is then every activation above {@code t},
 * the running mean of the smallest one that won in a batch, see {@link RunningThreshold}, which is
 * kept as the state {@code threshold (1)}. That is the representation.
 */
public final class BatchTopKSae extends BatchWinnerSae {
  static final String FAMILY = "batch-topk";
  static final SettingsSpec SETTINGS = COMMON.plus(SettingsSpec.of(K)).plus(AuxiliaryLoss.SETTINGS);

  BatchTopKSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
  }

  /** Makes {@link BatchTopKSae} from a configuration. */
  public static final class Family extends SaeFamily {
    public Family() {
      super(
          FAMILY,
          "BatchTopK sparse autoencoder: a batch keeps its k largest activations a sample,"
              + " wherever they are (Bussmann et al. 2024)",
          SETTINGS,
          TRAINING,
          BatchTopKSae::new);
    }
  }
}
