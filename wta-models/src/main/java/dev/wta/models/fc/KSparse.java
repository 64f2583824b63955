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

/**
 * The k-sparse autoencoder (Makhzani and Frey 2013): each sample keeps the k largest activations of
 * the code, and the decoder is the encoder's transpose.
 *
 * <pre>{@code
 * z = topk(W x + b, k);  y = z W + c;  loss = |y - x|^2, averaged over the batch
 * representation: topk(W x + b, alpha k), or every positive activation where alpha is 0
 * }</pre>
 *
 * <p>Units are linear, as the paper has them, but for this: a winner that is not positive is
 * dropped, as everywhere here. With k far below the number of units there is hardly one. In
 * training k may fall to its value from a larger one, {@code k-start}, so that all units learn
 * something before few of them win.
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
      @Setting(
              help =
                  "activations that each sample keeps in the first step; the number falls linearly"
                      + " to k over k-steps steps; 0: k from the first step on",
              min = 0,
              max = 1 << 20)
          int kStart,
      @Setting(
              help = "steps over which the number of activations falls from k-start to k",
              min = 1,
              max = Long.MAX_VALUE)
          long kSteps,
      Weights weights)
      implements CommonSettings<Settings>, ModelSettings<Settings, KSparse> {
    public static final Settings DEFAULTS =
        new Settings(List.of(1000), 25, 0, 0, 10_000, Weights.DEFAULTS);

    public Settings k(int kept) {
      return with("k", kept);
    }

    public Settings alpha(double factor) {
      return with("alpha", factor);
    }

    /** k falls from {@code start} to its value in {@code steps} steps. */
    public Settings falling(int start, long steps) {
      return with("k-start", start).with("k-steps", steps);
    }

    /** The activations that a sample keeps in a training step. */
    int keptAt(long step) {
      if (kStart == 0 || step >= kSteps) {
        return k;
      }
      return Math.toIntExact(Math.round(kStart - (kStart - k) * (step / (double) kSteps)));
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
          .training(bySgd(0.02, 40));

  private final Settings settings;
  private final int kept;

  KSparse(Settings settings, Shape sample, Backend backend, Seed seed) {
    int units = settings.hidden().getLast();
    settings.requireAtMost("k", units, "a sample's code has %,d units".formatted(units));
    settings.requireAtMost("k-start", units, "a sample's code has %,d units".formatted(units));
    super(NAME, settings, sample, new TopK(settings.k()), backend, seed);
    this.settings = settings;
    double alpha = settings.alpha();
    kept = alpha == 0 ? 0 : Math.clamp(Math.round(alpha * settings.k()), 1, Integer.MAX_VALUE);
  }

  @Override
  public boolean sparse() {
    return kept > 0 && kept < features();
  }

  @Override
  Code trainingCode(Tape tape, Variable x) {
    return compete(tape, x, new TopK(settings.keptAt(tape.step())));
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
