package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.Competitions;
import dev.wta.models.competition.Lifetime;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The fully-connected winner-take-all autoencoder (Makhzani and Frey 2015, section 2): a deep ReLU
 * encoder whose last layer keeps only the winners of a competition in training, and a linear
 * decoder. The representation is the plain encoder output.
 *
 * <pre>{@code
 * FcWta model = FcWta.of(784).hidden(2000).lifetime(0.05).tied(true).on(backend, Seed.of(1));
 * }</pre>
 */
public final class FcWta extends FullyConnected {
  static final String FAMILY = "fc-wta";
  static final Setting<Competition> COMPETITION =
      Setting.text(
          "competition",
          "a competition such as lifetime(0.05), topk(32), batchtopk(32) or none",
          new Lifetime(0.05),
          Competitions::parse,
          Competition::text,
          "which activations of the last hidden layer survive a training step");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(HIDDEN, COMPETITION, TIED, INIT, DECODER_NORM)
          .with(
              new SettingsSpec.Shorthand(
                  "lifetime",
                  "competition",
                  "short for competition: lifetime(...)",
                  "lifetime(%s)"::formatted));

  FcWta(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, settings.get(COMPETITION), backend, seed);
  }

  /** A model of vectors of {@code inputs} numbers, to be configured. */
  public static Builder of(int inputs) {
    return of(Shape.of(inputs));
  }

  /** A model of samples of that shape, such as {@code (1, 28, 28)}, to be configured. */
  public static Builder of(Shape sample) {
    return new Builder(sample, SETTINGS.defaults());
  }

  /**
   * A configuration of {@link FcWta}: what is not said takes the family's default.
   *
   * @param sample the shape of one sample
   */
  public record Builder(Shape sample, Settings settings) {

    /** The units of each hidden layer, the first layer first. */
    public Builder hidden(Integer... units) {
      return with(HIDDEN, Arrays.asList(units));
    }

    /** Lifetime sparsity: each unit keeps this share of its activations over the mini-batch. */
    public Builder lifetime(double rate) {
      return competition(new Lifetime(rate));
    }

    public Builder competition(Competition competition) {
      return new Builder(sample, settings.with(COMPETITION, competition));
    }

    /** Whether the decoder uses the encoder's weights. */
    public Builder tied(boolean tied) {
      return with(TIED, tied);
    }

    /** The standard deviation of the first weights. */
    public Builder init(double deviation) {
      return with(INIT, deviation);
    }

    private <T> Builder with(Setting<T> setting, T value) {
      return new Builder(sample, settings.with(setting, value));
    }

    /** The model in the memory of {@code backend}, with first weights from {@code seed}. */
    public FcWta on(Backend backend, Seed seed) {
      return new FcWta(settings, sample, backend, seed);
    }
  }

  /** Makes {@link FcWta} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return FAMILY;
    }

    @Override
    public String summary() {
      return "fully-connected winner-take-all autoencoder (Makhzani and Frey 2015)";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS;
    }

    /**
     * The recipe that was best on held-out parts of MNIST's training images. Centred inputs are
     * what lets the rate be so high: without them it silences units.
     */
    @Override
    public Map<String, Object> trainingDefaults() {
      return Map.of(
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
          40);
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new FcWta(settings, sample, backend, seed);
    }
  }
}
