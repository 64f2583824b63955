package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.Competitions;
import dev.wta.models.competition.Lifetime;
import dev.wta.models.settings.Setting;
import java.util.List;

/**
 * The fully-connected winner-take-all autoencoder (Makhzani and Frey 2015, section 2): a deep ReLU
 * encoder, of whose last layer training keeps only the winners of a competition, and a linear
 * decoder. The features are the encoder's output without competition.
 *
 * <pre>{@code
 * FcWta model = FcWta.Settings.DEFAULTS.hidden(2000).lifetime(0.05).on(784, backend, Seed.of(1));
 * }</pre>
 */
public final class FcWta extends FullyConnected {
  private static final String NAME = "fc-wta";

  /** Of {@link FcWta}. */
  public record Settings(
      @Setting(help = HIDDEN_HELP, min = 1, max = 1 << 20, shapesParameters = true)
          List<Integer> hidden,
      @Setting(
              help =
                  "competition: which activations of the last hidden layer a training step keeps",
              as = Competitions.Text.class,
              shorthand = "lifetime",
              shorthandFor = "lifetime(%s)")
          Competition competition,
      Weights weights)
      implements CommonSettings<Settings>, ModelSettings<Settings, FcWta> {
    public static final Settings DEFAULTS =
        new Settings(List.of(2000), new Lifetime(0.05), Weights.DEFAULTS);

    public Settings competition(Competition competition) {
      return with("competition", competition);
    }

    /** Lifetime sparsity: each unit keeps this fraction of its activations in the mini-batch. */
    public Settings lifetime(double rate) {
      return competition(new Lifetime(rate));
    }

    @Override
    public FcWta on(Shape sample, Backend backend, Seed seed) {
      return new FcWta(this, sample, backend, seed);
    }
  }

  /**
   * The training defaults were best on held-out training images of MNIST. The learning rate needs
   * centred inputs: without them units die.
   */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "fully-connected winner-take-all autoencoder (Makhzani and Frey 2015)",
              Settings.DEFAULTS,
              FcWta::new)
          .training(bySgd(0.05, 40));

  FcWta(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, settings.competition(), backend, seed);
  }
}
