package dev.wta.models.sae;

import dev.wta.api.Backend;
import dev.wta.api.Rule;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.models.Parameter;
import dev.wta.models.StepOutput;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.tape.Code;
import dev.wta.models.tape.Loss;
import dev.wta.models.tape.Tape;
import dev.wta.models.tape.Variable;
import java.util.Map;

/**
 * The JumpReLU sparse autoencoder (Rajamanoharan et al. 2024): each unit has a threshold of its
 * own, learnt by straight-through gradients, and the loss counts what exceeds it.
 *
 * <pre>{@code
 * u = relu(W (x - c) + b);  z = u where u > theta, else 0;  y = z D + c
 * loss = |x - y|^2 / variance + sparsity * |z|_0
 * }</pre>
 *
 * <p>Thresholds begin at {@code threshold} and the kernel is {@code bandwidth} wide, both in units
 * of the samples' standard deviation, {@code sqrt(variance)}: the paper's numbers go with samples
 * of mean square 1. See {@link JumpRelu} for the gradients. {@code sparsity} rises from 0 over
 * {@code sparsity-warmup} steps.
 *
 * <p>Parameter besides those of all: {@code threshold.log (units)}, {@code log theta}. The
 * representation is z. In the log, {@code winnersPerSample} counts what lies within the kernel
 * below its threshold, too; {@code l0} does not.
 */
public final class JumpReluSae extends PenalisedSae {
  static final String FAMILY = "jumprelu";
  static final Setting<Double> BANDWIDTH =
      Setting.realAbove(
          "bandwidth",
          0.02,
          0,
          1e3,
          "width of the kernel by which thresholds learn, in standard deviations of the samples");
  static final SettingsSpec SETTINGS =
      SettingsSpec.of(HIDDEN, SPARSITY, SPARSITY_WARMUP, THRESHOLD, BANDWIDTH, DEAD_AFTER)
          .withDefaults(Map.of("sparsity", 2.5e-3));

  private final Parameter logThresholds;

  JumpReluSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    logThresholds = bias("threshold.log", features());
    beginThresholds();
  }

  /** By their logarithms, so 0 is the smallest positive number. */
  @Override
  void beginThresholds() {
    float first = Math.max(firstThreshold(), Float.MIN_NORMAL);
    backend().memory().fill(logThresholds.value(), (float) StrictMath.log(first));
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Variable logs = tape.parameter(logThresholds);
    float bandwidth = (float) (settings().get(BANDWIDTH) * Math.sqrt(variance()));
    Rule rule = JumpRelu.candidates(tape, logs, bandwidth);
    Code.Sparse candidates = tape.encode(centred(tape, x), encoder(tape), encoderBias(tape), rule);
    JumpRelu jump = JumpRelu.run(tape, candidates, logs, bandwidth);
    Loss error = tape.squaredError(decode(tape, jump.code()), x);
    Loss loss = error.times(1 / variance()).plus(jump.l0(tape).times(sparsity(tape)));
    return measured(tape, x, loss, error, jump.code());
  }

  @Override
  Code.Sparse code(Tape tape, Variable centred) {
    Rule above = new Rule.Above(JumpRelu.thresholds(tape, tape.parameter(logThresholds)));
    return tape.encode(centred, encoder(tape), encoderBias(tape), above);
  }

  /** Makes {@link JumpReluSae} from a configuration. */
  public static final class Family extends SaeFamily {
    /** The authors' Adam has no memory of gradients; the rate is higher, for fewer steps. */
    public Family() {
      super(
          FAMILY,
          "JumpReLU sparse autoencoder: each unit learns its threshold, and the loss counts"
              + " active units (Rajamanoharan et al. 2024)",
          SETTINGS,
          Map.of("rate", 1e-3, "beta1", 0.0),
          JumpReluSae::new);
    }
  }
}
