package dev.wta.models.fc;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.None;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Dropout;
import dev.wta.models.settings.Setting;
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
  private static final String DENOISING_NAME = "denoising-autoencoder";
  private static final String DROPOUT_NAME = "dropout-autoencoder";

  /** Of {@link NoisyAutoencoder}. */
  public record Settings(
      @Setting(help = HIDDEN_HELP, min = 1, max = 1 << 20, shapesParameters = true)
          List<Integer> hidden,
      @Setting(help = "fraction of the inputs that a training step sets to 0", min = 0, max = 0.99)
          double masking,
      @Setting(
              help = "fraction of the activations that a training step sets to 0",
              min = 0,
              max = 0.99)
          double dropout,
      Weights weights)
      implements CommonSettings<Settings>, ModelSettings<Settings, NoisyAutoencoder> {
    private static final Settings NO_NOISE = new Settings(List.of(1000), 0, 0, Weights.DEFAULTS);

    /** Of a denoising autoencoder. */
    public static final Settings DENOISING = NO_NOISE.masking(0.3);

    /** Of a dropout autoencoder. */
    public static final Settings DROPOUT = NO_NOISE.dropout(0.5);

    public Settings masking(double share) {
      return with("masking", share);
    }

    public Settings dropout(double share) {
      return with("dropout", share);
    }

    /** A dropout autoencoder where the inputs have no noise, and otherwise a denoising one. */
    @Override
    public NoisyAutoencoder on(Shape sample, Backend backend, Seed seed) {
      return new NoisyAutoencoder(family().name(), this, sample, backend, seed);
    }

    @Override
    public ModelFamily family() {
      return masking == 0 && dropout > 0 ? NoisyAutoencoder.DROPOUT : NoisyAutoencoder.DENOISING;
    }
  }

  /** Chosen on held-out parts of MNIST's training images, see docs/results/mnist-relatives.md. */
  private static final Map<String, Object> TRAINING = bySgd(0.02, 20);

  public static final ModelFamily DENOISING =
      family(
          DENOISING_NAME,
          "denoising autoencoder: masking noise on the input (Vincent et al. 2010)",
          Settings.DENOISING);
  public static final ModelFamily DROPOUT =
      family(
          DROPOUT_NAME,
          "autoencoder with dropout on its code (Srivastava et al. 2014)",
          Settings.DROPOUT);

  private final double masking;
  private final double dropout;

  private static ModelFamily family(String name, String summary, Settings defaults) {
    return ModelFamily.of(
            name,
            summary,
            defaults,
            (settings, sample, backend, seed) ->
                new NoisyAutoencoder(name, settings, sample, backend, seed))
        .training(TRAINING);
  }

  private NoisyAutoencoder(
      String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, new None(), backend, seed);
    masking = settings.masking();
    dropout = settings.dropout();
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
}
