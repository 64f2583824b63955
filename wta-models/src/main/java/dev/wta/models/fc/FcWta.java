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
import java.util.Map;

/**
 * The fully-connected winner-take-all autoencoder (Makhzani and Frey 2015, section 2): a deep ReLU
 * encoder whose last layer keeps only the winners of a competition in training, and a linear
 * decoder. The representation is the plain encoder output.
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
              help = "which activations of the last hidden layer survive a training step",
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

    /** Lifetime sparsity: each unit keeps this share of its activations over the mini-batch. */
    public Settings lifetime(double rate) {
      return competition(new Lifetime(rate));
    }

    @Override
    public FcWta on(Shape sample, Backend backend, Seed seed) {
      return new FcWta(this, sample, backend, seed);
    }
  }

  /**
   * The training is the recipe that was best on held-out parts of MNIST's training images. Centred
   * inputs are what lets the rate be so high: without them it silences units.
   */
  public static final ModelFamily FAMILY =
      ModelFamily.of(
              NAME,
              "fully-connected winner-take-all autoencoder (Makhzani and Frey 2015)",
              Settings.DEFAULTS,
              FcWta::new)
          .training(
              Map.of(
                  "preprocess",
                  List.of("scale", "center"),
                  "optimizer",
                  "sgd",
                  "rate",
                  0.05,
                  "momentum",
                  0.9,
                  "schedule",
                  "cosine",
                  "epochs",
                  40));

  FcWta(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(NAME, settings, sample, settings.competition(), backend, seed);
  }
}
