package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.None;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Dropout;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;

/**
 * Autoencoders that noise regularises instead of a competition: masking noise on the input
 * (denoising, Vincent et al. 2010) and dropout on the last layer's code (Srivastava et al. 2014).
 * The noise is there in training steps alone:
 *
 * <pre>{@code
 * h_0 = x * m;  h_l = relu(h_(l-1) W_l' + b_l);  z = h_L * r / (1 - dropout);  y = z D + c;  loss = |y - x|^2, averaged over the batch
 * m = 0 with probability masking, r = 0 with probability dropout, each element on its own
 * }</pre>
 */
public final class NoisyAutoencoder extends FullyConnected {
  static final String DENOISING = "denoising-autoencoder";
  static final String DROPOUT_FAMILY = "dropout-autoencoder";
  static final Setting<Double> MASKING =
      Setting.real("masking", 0, 0, 0.99, "share of the inputs that a training step sets to 0");
  static final Setting<Double> DROPOUT =
      Setting.real("dropout", 0, 0, 0.99, "share of the code that a training step sets to 0");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(HIDDEN, MASKING, DROPOUT, TIED, INIT, DECODER_NORM);

  /** Chosen on held-out parts of MNIST's training images, see docs/results/mnist-relatives.md. */
  private static final Map<String, Object> TRAINING =
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
          20);

  private final double masking;
  private final double dropout;

  private NoisyAutoencoder(
      String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, new None(), backend, seed);
    masking = settings.get(MASKING);
    dropout = settings.get(DROPOUT);
  }

  @Override
  Code trainingCode(Tape tape, Variable x) {
    Code code = super.trainingCode(tape, Dropout.masking(tape, x, masking, "masking"));
    return switch (code) {
      case Code.Dense(Variable activations) ->
          new Code.Dense(Dropout.scaled(tape, activations, dropout, "dropout"));
      case Code.Sparse sparse ->
          new Code.Sparse(
              sparse.winners(), Dropout.scaled(tape, sparse.coefficients(), dropout, "dropout"));
    };
  }

  /** Makes the denoising autoencoder from a configuration. */
  public static final class DenoisingFamily implements ModelFamily {
    @Override
    public String name() {
      return DENOISING;
    }

    @Override
    public String summary() {
      return "denoising autoencoder: masking noise on the input (Vincent et al. 2010)";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS.withDefaults(Map.of("hidden", 1000, "masking", 0.3));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return TRAINING;
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new NoisyAutoencoder(DENOISING, settings, sample, backend, seed);
    }
  }

  /** Makes the dropout autoencoder from a configuration. */
  public static final class DropoutFamily implements ModelFamily {
    @Override
    public String name() {
      return DROPOUT_FAMILY;
    }

    @Override
    public String summary() {
      return "autoencoder with dropout on its code (Srivastava et al. 2014)";
    }

    @Override
    public SettingsSpec settings() {
      return SETTINGS.withDefaults(Map.of("hidden", 1000, "dropout", 0.5));
    }

    @Override
    public Map<String, Object> trainingDefaults() {
      return TRAINING;
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new NoisyAutoencoder(DROPOUT_FAMILY, settings, sample, backend, seed);
    }
  }
}
