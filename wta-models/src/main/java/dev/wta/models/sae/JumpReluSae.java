package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.loss.Sum;
import dev.wta.models.sae.op.JumpRelu;
import dev.wta.models.sae.op.PreActivationLoss;
import dev.wta.models.sae.op.RowWeightedSparsity;
import dev.wta.models.settings.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The JumpReLU sparse autoencoder (Rajamanoharan et al. 2024): each latent has a threshold of its
 * own, learnt by straight-through gradients, and the loss counts what exceeds it.
 *
 * <pre>{@code
 * u = W (x - c) + b;  z = u where u > theta, else 0;  y = z D + c
 * loss = |x - y|^2 / variance + sparsity * S + pre-activation-weight * sum over dead u of relu(theta_u - u_u) |D_u|
 *
 * S = |z|_0                                       sparsity-loss=step
 *     2 / target-l0 * (|z|_0 - target-l0)^2       quadratic (Gemma Scope 2)
 *     sum of tanh(tanh-scale * z_u |D_u|)         tanh (Anthropic 2025), z in units of sqrt(variance)
 * }</pre>
 *
 * <p>Thresholds begin at {@code threshold} and the kernel is {@code bandwidth} wide, both in units
 * of the samples' standard deviation times the first length of the decoder's rows: the paper's
 * numbers go with samples of mean square 1 and rows of length 1. See {@link JumpRelu} for the
 * gradients. {@code sparsity} rises from 0 over {@code sparsity-warmup} steps. A threshold that a
 * step makes negative is brought back to 0 before the next one.
 *
 * <p>Parameter besides those of all: {@code threshold (units)}, theta, or {@code threshold.log
 * (units)} where {@code threshold-form} is {@code log}. The representation is z.
 */
public final class JumpReluSae extends SparseAutoencoder {
  private static final String NAME = "jumprelu";

  /** The parameterisation of a threshold: itself, or its logarithm. */
  public enum ThresholdForm {
    DIRECT,
    LOG
  }

  /** The sparsity term of the loss. */
  public enum SparsityLoss {
    STEP,
    QUADRATIC,
    TANH
  }

  /** Of {@link JumpReluSae}. */
  public record Settings(
      SaeSettings sae,
      SparsityPenalty penalty,
      @Setting(
              help =
                  "sparsity term of the loss: step, the number of active latents; quadratic, the"
                      + " square of its distance from target-l0; tanh, a tanh of each activation")
          SparsityLoss sparsityLoss,
      @Setting(
              help = "target number of active latents per sample, for quadratic",
              above = 0,
              max = 1 << 20)
          double targetL0,
      @Setting(help = "factor of the activations within tanh", above = 0, max = 1e6)
          double tanhScale,
      @Setting(help = SparsityPenalty.THRESHOLD_HELP, min = 0, max = 1e3, shapesParameters = true)
          double threshold,
      @Setting(
              help = "parameterisation: direct learns the threshold itself, log its logarithm",
              shapesParameters = true)
          ThresholdForm thresholdForm,
      @Setting(
              help = "width of the kernel by which thresholds learn, in the same unit as threshold",
              above = 0,
              max = 1e3)
          double bandwidth,
      @Setting(
              help =
                  "whether the kernel's gradient also reaches the encoder, not only the thresholds")
          boolean kernelToEncoder,
      @Setting(
              help =
                  "weight of a loss that revives dead latents: their distance below the threshold;"
                      + " 0: none",
              min = 0,
              max = 1e6)
          double preActivationWeight,
      @Setting(help = AuxiliaryLoss.DEAD_COUNTED_HELP) AuxiliaryLoss.DeadCounted deadCounted)
      implements SparsityPenalty.Within<Settings>, ModelSettings<Settings, JumpReluSae> {
    public static final Settings DEFAULTS =
        new Settings(
            SaeSettings.DEFAULTS,
            new SparsityPenalty(5e-3, 0),
            SparsityLoss.QUADRATIC,
            32,
            4,
            0.1,
            ThresholdForm.DIRECT,
            0.3,
            false,
            0,
            AuxiliaryLoss.DeadCounted.AFTER);

    public Settings sparsityLoss(SparsityLoss loss) {
      return with("sparsity-loss", loss);
    }

    public Settings targetL0(double latents) {
      return with("target-l0", latents);
    }

    public Settings tanhScale(double scale) {
      return with("tanh-scale", scale);
    }

    public Settings threshold(double first) {
      return with("threshold", first);
    }

    public Settings thresholdForm(ThresholdForm form) {
      return with("threshold-form", form);
    }

    public Settings bandwidth(double width) {
      return with("bandwidth", width);
    }

    public Settings kernelToEncoder(boolean moves) {
      return with("kernel-to-encoder", moves);
    }

    public Settings preActivationWeight(double weight) {
      return with("pre-activation-weight", weight);
    }

    public Settings deadCounted(AuxiliaryLoss.DeadCounted counted) {
      return with("dead-counted", counted);
    }

    @Override
    public JumpReluSae on(Shape sample, Backend backend, Seed seed) {
      return new JumpReluSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  /**
   * As the authors', Adam has no memory of gradients; the rate is higher, for fewer steps, and
   * rises over the first of them. {@code clip} is below any gradient's norm, so each step's
   * gradient counts alike: the first ones, of thousands of active latents, would otherwise fill
   * Adam's mean of squares and hold thresholds where they are for a thousand steps.
   */
  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "JumpReLU sparse autoencoder: each unit learns its threshold, and the loss counts"
              + " active units (Rajamanoharan et al. 2024)",
          Settings.DEFAULTS,
          Map.of("rate", 1e-3, "beta1", 0.0, "warmup", 100, "clip", 3e-3),
          JumpReluSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(
          NAME,
          Settings.DEFAULTS,
          Map.of("rate", 1e-3, "beta1", 0.0, "warmup", 100),
          JumpReluSae::new);

  private final Settings settings;
  private final boolean logarithmic;
  private final Parameter thresholds;

  JumpReluSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    super(design, sample, backend, seed);
    this.settings = settings;
    logarithmic = settings.thresholdForm() == ThresholdForm.LOG;
    thresholds = bias(logarithmic ? "threshold.log" : "threshold", features());
    initialiseThresholds();
  }

  /** The smallest positive number stands for 0 among logarithms. */
  @Override
  protected void initialiseThresholds() {
    float first = firstThreshold(settings.threshold());
    float stored = logarithmic ? (float) StrictMath.log(Math.max(first, Float.MIN_NORMAL)) : first;
    backend().memory().fill(thresholds.value(), stored);
  }

  @Override
  protected void scaleThresholds(float factor) {
    super.scaleThresholds(factor);
    Dense dense = backend().dense();
    if (logarithmic) {
      dense.affine(1, thresholds.value(), (float) StrictMath.log(factor), thresholds.value());
    } else {
      dense.affine(factor, thresholds.value(), 0, thresholds.value());
    }
  }

  private Variable thresholds(Tape tape) {
    Variable learnt = tape.parameter(thresholds);
    return logarithmic ? Arithmetic.exponential(tape, learnt) : learnt;
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    if (!logarithmic) {
      backend().dense().clip(thresholds.value(), 0, Float.MAX_VALUE, thresholds.value());
    }
    Variable theta = thresholds(tape);
    Variable centred = centred(tape, batch.x());
    float bandwidth = (float) (settings.bandwidth() * activationUnit());
    JumpRelu jump =
        JumpRelu.run(
            tape,
            centred,
            encoder(tape),
            encoderBias(tape),
            theta,
            bandwidth,
            settings.kernelToEncoder());
    Variable output = jump.reconstructed(tape, decode(tape, jump.code()), decoder(tape));
    Loss error = SquaredError.of(tape, output, batch.decoded());
    Loss loss =
        error
            .times(1 / variance())
            .plus(sparsityLoss(tape, jump).times(settings.penalty().weight(tape)));
    boolean revives = settings.preActivationWeight() > 0 && deadLatents().units(tape).length > 0;
    boolean before = settings.deadCounted() == AuxiliaryLoss.DeadCounted.BEFORE;
    Optional<Tensor> deadBefore =
        revives && before ? Optional.of(deadLatents().marks(tape)) : Optional.empty();
    StepOutput step = measured(tape, batch, loss, error, jump.code());
    if (!revives) {
      return step;
    }
    Loss revival =
        PreActivationLoss.of(
                tape,
                Layers.dense(tape, centred, encoder(tape), encoderBias(tape)),
                theta,
                decoder(tape),
                deadBefore.orElseGet(() -> deadLatents().marks(tape)))
            .times(settings.preActivationWeight() / Math.sqrt(variance()));
    return new StepOutput(step.loss().plus(revival), step.winners(), step.metrics());
  }

  private Loss sparsityLoss(Tape tape, JumpRelu jump) {
    return switch (settings.sparsityLoss()) {
      case STEP -> Sum.of(tape, jump.counts(tape));
      case QUADRATIC -> {
        double target = settings.targetL0();
        Variable counts = jump.counts(tape);
        Tensor wanted = tape.temporary(counts.shape());
        backend().memory().fill(wanted, (float) target);
        yield SquaredError.of(tape, counts, tape.constant(wanted)).times(2 / target);
      }
      case TANH -> {
        OptionalDouble scale = OptionalDouble.of(settings.tanhScale() / Math.sqrt(variance()));
        yield RowWeightedSparsity.of(tape, jump.code(), decoder(tape), scale)
            .plus(RowWeightedSparsity.of(tape, jump.below(), decoder(tape), scale));
      }
    };
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    SelectionRule above = new SelectionRule.Above(thresholds(tape).value());
    return Layers.encode(tape, centred, encoder(tape), encoderBias(tape), above);
  }

  @Override
  public List<String> notes(int batch, long steps) {
    return settings.penalty().notes(steps);
  }
}
