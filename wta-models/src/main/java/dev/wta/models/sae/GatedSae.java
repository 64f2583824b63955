package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
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
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;

/**
 * The gated sparse autoencoder (Rajamanoharan et al. 2024, "Improving dictionary learning with
 * gated sparse autoencoders"): a gate says which units are active, and a magnitude how much. The L1
 * norm that closes gates does not shrink magnitudes.
 *
 * <pre>{@code
 * pi = W (x - c) + b;  m = relu(exp(r) * W (x - c) + b_mag);  z = m where pi > 0, else 0;  y = z D + c
 * y' = relu(pi) D + c, with D and c held fixed
 * loss = (|x - y|^2 + |x - y'|^2) / variance + sparsity * |relu(pi)|_1 / sqrt(variance)
 * }</pre>
 *
 * <p>{@code y'} is how gates learn what is worth opening for; nothing of {@code y} passes them. The
 * norm weighs units by the lengths of their decoder's rows. {@code sparsity} rises from 0 over
 * {@code sparsity-warmup} steps. Gates begin with {@code b = -threshold * sqrt(variance)}, times
 * the first length of the decoder's rows, so that few are open from the first step on; with the
 * paper's 0 half of them are.
 *
 * <p>Parameters besides those of all: {@code magnitude.log-scale (units)} and {@code magnitude.bias
 * (units)}, r and b_mag. The representation is z.
 */
public final class GatedSae extends PenalisedSae {
  static final String FAMILY = "gated";
  static final String FROZEN = "frozen";
  static final Setting<String> GATE_DECODER =
      Setting.choice(
          "gate-decoder",
          FROZEN,
          List.of(FROZEN, "learns"),
          "whether the decoder learns from what the gates alone reconstruct, too");
  static final SettingsSpec SETTINGS =
      COMMON
          .plus(SettingsSpec.of(SPARSITY, SPARSITY_WARMUP, THRESHOLD, GATE_DECODER))
          .withDefaults(Map.of("sparsity", 0.25, "decoder-rows", UNIT));

  private final Parameter logScale;
  private final Parameter magnitudeBias;

  GatedSae(Settings settings, Shape sample, Backend backend, Seed seed) {
    super(FAMILY, settings, sample, backend, seed);
    logScale = bias("magnitude.log-scale", features());
    magnitudeBias = bias("magnitude.bias", features());
    beginThresholds();
  }

  @Override
  void beginThresholds() {
    fillEncoderBias(-firstThreshold());
  }

  @Override
  void scaleThresholds(float factor) {
    super.scaleThresholds(factor);
    backend().dense().affine(factor, magnitudeBias.value(), 0, magnitudeBias.value());
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code.Sparse gates = gates(tape, centred(tape, x));
    Code.Sparse code = magnitudes(tape, gates);
    Loss error = tape.squaredError(decode(tape, code), x);
    boolean frozen = settings().get(GATE_DECODER).equals(FROZEN);
    Variable byGates = frozen ? decodeFrozen(tape, gates) : decode(tape, gates);
    Loss ofGates = tape.squaredError(byGates, x);
    Loss loss = error.plus(ofGates).times(1 / variance()).plus(norm(tape, gates));
    return measured(tape, x, loss, error, code);
  }

  private Code.Sparse gates(Tape tape, Variable centred) {
    Tensor zeros = tape.temporary(Shape.of(features()));
    backend().memory().fill(zeros, 0);
    return tape.encode(centred, encoder(tape), encoderBias(tape), new SelectionRule.Above(zeros));
  }

  private Code.Sparse magnitudes(Tape tape, Code.Sparse gates) {
    return GatedMagnitudes.run(
        tape, gates, encoderBias(tape), tape.parameter(logScale), tape.parameter(magnitudeBias));
  }

  @Override
  Code.Sparse code(Tape tape, Variable centred) {
    return magnitudes(tape, gates(tape, centred));
  }

  /** Makes {@link GatedSae} from a configuration. */
  public static final class Family extends SaeFamily {
    /** The authors' Adam has no memory of gradients; the rate is higher, for fewer steps. */
    public Family() {
      super(
          FAMILY,
          "gated sparse autoencoder: a gate says which units are active, a magnitude how much"
              + " (Rajamanoharan et al. 2024)",
          SETTINGS,
          Map.of("rate", 1e-3, "beta1", 0.0),
          GatedSae::new);
    }
  }
}
