package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
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
import dev.wta.models.layer.Code;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.op.GatedMagnitudes;
import dev.wta.models.settings.Setting;
import java.util.List;
import java.util.Map;

/**
 * The gated sparse autoencoder (Rajamanoharan et al. 2024, "Improving dictionary learning with
 * gated sparse autoencoders"): a gate says which latents are active, and a magnitude how much. The
 * L1 norm that closes gates does not shrink magnitudes.
 *
 * <pre>{@code
 * pi = W (x - c) + b;  m = relu(exp(r) * W (x - c) + b_mag);  z = m where pi > 0, else 0;  y = z D + c
 * y' = relu(pi) D + c, with D and c held fixed
 * loss = (|x - y|^2 + |x - y'|^2) / variance + sparsity * |relu(pi)|_1 / sqrt(variance)
 * }</pre>
 *
 * <p>{@code y'} is how gates learn what is worth opening for; nothing of {@code y} passes them. The
 * norm weighs latents by the lengths of their decoder's rows. {@code sparsity} rises from 0 over
 * {@code sparsity-warmup} steps. Gates begin with {@code b = -threshold * sqrt(variance)}, times
 * the first length of the decoder's rows, so that few are open from the first step on; with the
 * paper's 0 half of them are.
 *
 * <p>Parameters besides those of all: {@code magnitude.log-scale (units)} and {@code magnitude.bias
 * (units)}, r and b_mag. The representation is z.
 */
public final class GatedSae extends SparseAutoencoder {
  private static final String NAME = "gated";

  /** Whether the decoder learns from what the gates alone reconstruct, too. */
  public enum GateDecoder {
    FROZEN,
    LEARNS
  }

  /** Of {@link GatedSae}. */
  public record Settings(
      SaeSettings sae,
      SparsityPenalty penalty,
      @Setting(help = SparsityPenalty.THRESHOLD_HELP, min = 0, max = 1e3, shapesParameters = true)
          double threshold,
      @Setting(help = "whether the decoder also learns from the reconstruction by the gates")
          GateDecoder gateDecoder)
      implements SparsityPenalty.Within<Settings>, ModelSettings<Settings, GatedSae> {
    public static final Settings DEFAULTS =
        new Settings(SaeSettings.DEFAULTS, new SparsityPenalty(0.2, 0), 0.05, GateDecoder.LEARNS);

    public Settings threshold(double first) {
      return with("threshold", first);
    }

    public Settings gateDecoder(GateDecoder decoder) {
      return with("gate-decoder", decoder);
    }

    @Override
    public GatedSae on(Shape sample, Backend backend, Seed seed) {
      return new GatedSae(SaeSettings.Design.of(NAME, this), sample, backend, seed);
    }

    @Override
    public ModelFamily transcoder() {
      return TRANSCODER;
    }
  }

  /** {@code clip} lets gradients count by their direction, as in {@link JumpReluSae}. */
  public static final ModelFamily FAMILY =
      SaeFamilies.autoencoder(
          NAME,
          "gated sparse autoencoder: a gate says which units are active, a magnitude how much"
              + " (Rajamanoharan et al. 2024)",
          Settings.DEFAULTS,
          Map.of("rate", 1e-3, "clip", 3e-3),
          GatedSae::new);

  /** The transcoder with this code. */
  public static final ModelFamily TRANSCODER =
      SaeFamilies.transcoder(
          NAME, Settings.DEFAULTS, Map.of("rate", 1e-3, "clip", 3e-3), GatedSae::new);

  private final Settings settings;
  private final Parameter logScale;
  private final Parameter magnitudeBias;

  GatedSae(SaeSettings.Design<Settings> design, Shape sample, Backend backend, Seed seed) {
    Settings settings = design.settings();
    super(design, sample, backend, seed);
    this.settings = settings;
    logScale = bias("magnitude.log-scale", features());
    magnitudeBias = bias("magnitude.bias", features());
    initialiseThresholds();
  }

  @Override
  protected void initialiseThresholds() {
    fillEncoderBias(-firstThreshold(settings.threshold()));
  }

  @Override
  protected void scaleThresholds(float factor) {
    super.scaleThresholds(factor);
    backend().dense().affine(factor, magnitudeBias.value(), 0, magnitudeBias.value());
  }

  @Override
  protected void subtractFromBiases(Tensor products) {
    super.subtractFromBiases(products);
    backend().dense().axpy(-1, products, magnitudeBias.value());
  }

  @Override
  protected StepOutput step(Tape tape, SaeBatch batch) {
    Code.Sparse gates = rectified(tape, centred(tape, batch.x()));
    Code.Sparse code = magnitudes(tape, gates);
    Loss error = SquaredError.of(tape, decode(tape, code), batch.decoded());
    boolean frozen = settings.gateDecoder() == GateDecoder.FROZEN;
    Variable byGates = frozen ? decodeFrozen(tape, gates) : decode(tape, gates);
    Variable wanted = frozen ? tape.constant(batch.decoded().value()) : batch.decoded();
    Loss ofGates = SquaredError.of(tape, byGates, wanted);
    Loss loss =
        error
            .plus(ofGates)
            .times(1 / variance())
            .plus(
                settings
                    .penalty()
                    .norm(tape, gates, decoder(tape), common().freeRows(), variance()));
    return measured(tape, batch, loss, error, code);
  }

  private Code.Sparse magnitudes(Tape tape, Code.Sparse gates) {
    return GatedMagnitudes.run(
        tape, gates, encoderBias(tape), tape.parameter(logScale), tape.parameter(magnitudeBias));
  }

  @Override
  protected Code.Sparse code(Tape tape, Variable centred) {
    return magnitudes(tape, rectified(tape, centred));
  }

  @Override
  public List<String> notes(int batch, long steps) {
    return settings.penalty().notes(steps);
  }
}
