package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Exponential;
import dev.wta.models.layer.Sum;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The JumpReLU sparse autoencoder (Rajamanoharan et al. 2024): each unit has a threshold of its
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
 * (units)} where {@code threshold-form} is {@code log}. The representation is z. In the log, {@code
 * winnersPerSample} counts what lies within the kernel below its threshold, too; {@code l0} does
 * not.
 */
public final class JumpReluSae extends PenalisedSae {
  static final String FAMILY = "jumprelu";
  static final Setting<Double> BANDWIDTH =
      Setting.realAbove(
          "bandwidth",
          1,
          0,
          1e3,
          "width of the kernel by which thresholds learn, in the same unit as threshold");
  static final String LOG = "log";
  static final Setting<String> THRESHOLD_FORM =
      Setting.choice(
          "threshold-form",
          "direct",
          List.of("direct", LOG),
          "what is learnt: the threshold, which follows its gradient, or its logarithm");
  static final Setting<String> SPARSITY_LOSS =
      Setting.choice(
          "sparsity-loss",
          "step",
          List.of("step", "quadratic", "tanh"),
          "what the loss has of sparsity: the active latents, the square of how far they are from"
              + " target-l0, or a tanh of each activation");
  static final Setting<Double> TARGET_L0 =
      Setting.realAbove(
          "target-l0", 32, 0, 1 << 20, "active latents of a sample that quadratic aims at");
  static final Setting<Double> TANH_SCALE =
      Setting.realAbove("tanh-scale", 4, 0, 1e6, "what tanh multiplies an activation by");
  static final Setting<Boolean> TO_ENCODER =
      Setting.flag(
          "kernel-to-encoder",
          true,
          "whether the kernel's gradient moves encoders, too, and not thresholds alone");
  static final Setting<Double> PRE_ACTIVATION_WEIGHT =
      Setting.real(
          "pre-activation-weight",
          0,
          0,
          1e6,
          "weight of how far dead latents are below their thresholds: it revives them; 0: none");
  static final SettingsSpec SETTINGS =
      COMMON
          .plus(SettingsSpec.of(SPARSITY, SPARSITY_WARMUP, SPARSITY_LOSS, TARGET_L0, TANH_SCALE))
          .plus(SettingsSpec.of(THRESHOLD, THRESHOLD_FORM, BANDWIDTH, TO_ENCODER))
          .plus(SettingsSpec.of(PRE_ACTIVATION_WEIGHT, AuxiliaryLoss.DEAD_COUNTED))
          .withDefaults(Map.of("sparsity", 2.5e-3));

  private final boolean logarithmic;
  private final Parameter thresholds;

  JumpReluSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    logarithmic = settings.get(THRESHOLD_FORM).equals(LOG);
    thresholds = bias(logarithmic ? "threshold.log" : "threshold", features());
    beginThresholds();
  }

  /** The smallest positive number stands for 0 among logarithms. */
  @Override
  void beginThresholds() {
    float first = firstThreshold();
    float stored = logarithmic ? (float) StrictMath.log(Math.max(first, Float.MIN_NORMAL)) : first;
    backend().memory().fill(thresholds.value(), stored);
  }

  @Override
  void scaleThresholds(float factor) {
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
    return logarithmic ? Exponential.run(tape, learnt) : learnt;
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    if (!logarithmic) {
      backend().dense().clip(thresholds.value(), 0, Float.MAX_VALUE, thresholds.value());
    }
    Variable theta = thresholds(tape);
    Variable centred = centred(tape, x);
    float bandwidth = (float) (settings().get(BANDWIDTH) * activationUnit(variance()));
    JumpRelu jump =
        JumpRelu.run(
            tape,
            centred,
            encoder(tape),
            encoderBias(tape),
            theta,
            bandwidth,
            settings().get(TO_ENCODER));
    Loss error = tape.squaredError(decode(tape, jump.code()), x);
    Loss loss = error.times(1 / variance()).plus(sparsityLoss(tape, jump).times(sparsity(tape)));
    boolean revives = settings().get(PRE_ACTIVATION_WEIGHT) > 0 && silence().share(tape) > 0;
    Tensor deadBefore = silence().dead(tape);
    StepOutput output = measured(tape, x, loss, error, jump.code());
    if (!revives) {
      return output;
    }
    boolean before = settings().get(AuxiliaryLoss.DEAD_COUNTED).equals(AuxiliaryLoss.BEFORE);
    Loss revival =
        PreActivationLoss.of(
                tape,
                tape.dense(centred, encoder(tape), encoderBias(tape)),
                theta,
                decoder(tape),
                before ? deadBefore : silence().dead(tape))
            .times(settings().get(PRE_ACTIVATION_WEIGHT) / Math.sqrt(variance()));
    return new StepOutput(output.loss().plus(revival), output.winners(), output.metrics());
  }

  private Loss sparsityLoss(Tape tape, JumpRelu jump) {
    return switch (settings().get(SPARSITY_LOSS)) {
      case "step" -> Sum.of(tape, jump.counts(tape));
      case "quadratic" -> {
        double target = settings().get(TARGET_L0);
        Variable counts = jump.counts(tape);
        Tensor wanted = tape.temporary(counts.shape());
        backend().memory().fill(wanted, (float) target);
        yield tape.squaredError(counts, tape.constant(wanted)).times(2 / target);
      }
      default -> {
        double scale = settings().get(TANH_SCALE) / Math.sqrt(variance());
        yield RowWeightedSparsity.of(tape, jump.code(), decoder(tape), OptionalDouble.of(scale));
      }
    };
  }

  @Override
  Code.Sparse code(Tape tape, Variable centred) {
    SelectionRule above = new SelectionRule.Above(thresholds(tape).value());
    return tape.encode(centred, encoder(tape), encoderBias(tape), above);
  }

  /** Makes {@link JumpReluSae} from a configuration. */
  public static final class Family extends SaeFamily {
    /**
     * The authors' Adam has no memory of gradients; the rate is higher, for fewer steps. It rises
     * over the first of them, since all latents of a large expansion would overshoot together.
     */
    public Family() {
      super(
          FAMILY,
          "JumpReLU sparse autoencoder: each unit learns its threshold, and the loss counts"
              + " active units (Rajamanoharan et al. 2024)",
          SETTINGS,
          Map.of("rate", 1e-3, "beta1", 0.0, "warmup", 100),
          JumpReluSae::new);
    }

    /** Thresholds were learnt by their logarithms, and by the kernel alone. */
    @Override
    public Map<String, Object> earlierSettings() {
      Map<String, Object> earlier = new LinkedHashMap<>(super.earlierSettings());
      earlier.put(THRESHOLD_FORM.name(), LOG);
      earlier.put(SPARSITY_LOSS.name(), "step");
      earlier.put(TO_ENCODER.name(), false);
      return earlier;
    }
  }
}
