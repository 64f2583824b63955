package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.TopK;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;

/**
 * The k-sparse autoencoder (Makhzani and Frey 2013): each sample keeps the k largest activations of
 * the code, and the decoder is the encoder's transpose.
 *
 * <pre>{@code
 * z = topk(W x + b, k);  y = z W + c;  loss = |y - x|^2, averaged over the batch
 * representation: topk(W x + b, alpha k), or every positive activation where alpha is 0
 * }</pre>
 *
 * <p>A winner that is not positive is dropped, as everywhere here; with k far below the number of
 * units there is hardly one.
 */
public final class KSparse extends FullyConnected {
  static final String FAMILY = "k-sparse";
  static final Setting<Integer> K =
      Setting.integer("k", 25, 1, 1 << 20, "activations that each sample keeps");
  static final Setting<Double> ALPHA =
      Setting.real(
          "alpha",
          0,
          0,
          1 << 20,
          "a sample's features are its alpha * k largest activations; 0 keeps every positive one");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(HIDDEN, K, ALPHA, TIED, INIT, DECODER_NORM)
          .withDefaults(Map.of("hidden", 1000));

  private final int kept;

  KSparse(Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.get(HIDDEN).getLast();
    settings.requireAtMost(K, units, "a sample's code has %,d units".formatted(units));
    super(FAMILY, settings, sample, new TopK(settings.get(K)), backend, seed);
    double alpha = settings.get(ALPHA);
    kept = alpha == 0 ? 0 : Math.clamp(Math.round(alpha * settings.get(K)), 1, Integer.MAX_VALUE);
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    if (kept == 0 || kept >= features()) {
      return super.encode(tape, x);
    }
    Code code = compete(tape, x, new TopK(kept));
    return switch (code) {
      case Code.Dense(Variable activations) -> activations;
      case Code.Sparse sparse -> ScatterWinners.run(tape, sparse);
    };
  }

  /** Makes {@link KSparse} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "k-sparse autoencoder: each sample keeps its k largest activations (Makhzani and Frey"
          + " 2013)";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    /**
     * Chosen, as was {@code alpha}, on held-out parts of MNIST's training images, see
     * docs/results/mnist-relatives.md.
     */
    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of(
          "preprocess",
          List.of("scale", "center"),
          "optimizer",
          "sgd",
          "rate",
          0.02,
          "momentum",
          0.9,
          "schedule",
          "cosine",
          "epochs",
          40);
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new KSparse(settings, sample, backend, seed);
    }
  }
}
