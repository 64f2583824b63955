package com.example;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;

/**
 * A TopK sparse autoencoder whose k falls linearly from {@code k-first} to {@code k} over the first
 * {@code anneal} steps, so that all latents learn something before few of them may win.
 *
 * <pre>{@code z = topk(relu(W (x - c) + b), k(step));  y = z D + c;  loss = |y - x|^2}</pre>
 */
public final class AnnealedTopK extends Model {
  static final Setting<Integer> LATENTS = Setting.integer("latents", 2000, 1, 1 << 20, "latents");
  static final Setting<Integer> K = Setting.integer("k", 32, 1, 1 << 20, "winners of a sample");
  static final Setting<Integer> K_FIRST =
      Setting.integer("k-first", 128, 1, 1 << 20, "winners of a sample in the first step");
  static final Setting<Integer> ANNEAL =
      Setting.integer("anneal", 1000, 1, 1 << 30, "steps until k is reached");

  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;

  AnnealedTopK(Settings settings, Shape sample, Backend backend, Seed seed) {
    settings.requireAtMost(K, settings.get(LATENTS), "the model has no more latents");
    settings.requireAtMost(K_FIRST, settings.get(LATENTS), "the model has no more latents");
    super("annealed-topk", settings, sample, backend, seed);
    int inputs = Math.toIntExact(sample.size());
    Shape weights = Shape.of(settings.get(LATENTS), inputs);
    double deviation = 1 / Math.sqrt(inputs);
    encoder = weight("encoder.weight", weights, deviation);
    encoderBias = bias("encoder.bias", settings.get(LATENTS));
    decoder = weight("decoder.weight", weights, deviation);
    centre = bias("decoder.bias", inputs);
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    double left = Math.max(0, 1 - (double) tape.step() / settings().get(ANNEAL));
    int extra = settings().get(K_FIRST) - settings().get(K);
    Code.Sparse code = code(tape, x, settings().get(K) + (int) Math.round(left * extra));
    return StepOutput.of(tape.squaredError(decode(tape, code), x), code);
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return ScatterWinners.run(tape, code(tape, x, settings().get(K)));
  }

  @Override
  protected Variable reconstruct(Tape tape, Variable x) {
    return decode(tape, code(tape, x, settings().get(K)));
  }

  /** The winners, {@code (samples, latents)}. */
  private Code.Sparse code(Tape tape, Variable x, int k) {
    Variable centred = tape.subtractRow(x, tape.parameter(centre));
    SelectionRule rule = new SelectionRule.PerRow(k);
    return tape.encode(centred, tape.parameter(encoder), tape.parameter(encoderBias), rule);
  }

  /** {@code z D + c}, {@code (samples, inputs)}. */
  private Variable decode(Tape tape, Code.Sparse code) {
    return tape.decode(code, tape.parameter(decoder), tape.parameter(centre));
  }

  @Override
  public int features() {
    return settings().get(LATENTS);
  }

  @Override
  public Tensor decoderFilters() {
    return decoder.value();
  }

  /** Makes {@link AnnealedTopK} from a configuration. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "annealed-topk";
    }

    @Override
    public String summary() {
      return "TopK sparse autoencoder whose k falls at first";
    }

    @Override
    public SettingsSpec settings() {
      return SettingsSpec.of(LATENTS, K, K_FIRST, ANNEAL);
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new AnnealedTopK(settings, sample, backend, seed);
    }
  }
}
