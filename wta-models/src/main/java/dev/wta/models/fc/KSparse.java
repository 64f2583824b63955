package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.TopK;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.settings.Setting;
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
  private static final String NAME = "k-sparse";

  /** Of {@link KSparse}. */
  public record Settings(
      @Setting(help = HIDDEN_HELP, min = 1, max = 1 << 20, shapesParameters = true)
          List<Integer> hidden,
      @Setting(help = "activations that each sample keeps", min = 1, max = 1 << 20) int k,
      @Setting(
              help =
                  "a sample's features are its alpha * k largest activations; 0 keeps every"
                      + " positive one",
              min = 0,
              max = 1 << 20)
          double alpha,
      Weights weights)
      implements CommonSettings<Settings>, ModelSettings<Settings, KSparse> {
    public static final Settings DEFAULTS = new Settings(List.of(1000), 25, 0, Weights.DEFAULTS);

    public Settings k(int kept) {
      return with("k", kept);
    }

    public Settings alpha(double factor) {
      return with("alpha", factor);
    }

    @Override
    public KSparse on(Shape sample, Backend backend, Seed seed) {
      return new KSparse(this, sample, backend, seed);
    }
  }

  /**
   * The training was chosen, as was {@code alpha}, on held-out parts of MNIST's training images,
   * see docs/results/mnist-relatives.md.
   */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "k-sparse autoencoder: each sample keeps its k largest activations (Makhzani and Frey"
                  + " 2013)",
              Settings.DEFAULTS,
              KSparse::new)
          .training(
              Map.of(
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
                  40));

  private final int kept;

  KSparse(Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.hidden().getLast();
    settings.requireAtMost("k", units, "a sample's code has %,d units".formatted(units));
    super(NAME, settings, sample, new TopK(settings.k()), backend, seed);
    double alpha = settings.alpha();
    kept = alpha == 0 ? 0 : Math.clamp(Math.round(alpha * settings.k()), 1, Integer.MAX_VALUE);
  }

  @Override
  public boolean sparse() {
    return kept > 0 && kept < features();
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
}
