package dev.wta.models.tutorial;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.TopK;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;

// README: model
/** A model of one's own: the k-sparse autoencoder, x^ = D topk(relu(W (x - c) + b)) + c. */
public final class KSparse extends Model {
  static final Setting<Integer> UNITS = Setting.integer("units", 1000, 1, 1 << 20, "hidden units");
  static final Setting<Integer> K = Setting.integer("k", 25, 1, 1 << 20, "winners of each sample");

  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;

  KSparse(Settings settings, Shape sample, Backend backend, Seed seed) {
    super("my-k-sparse", settings, sample, backend, seed);
    int inputs = (int) sample.size();
    encoder = weight("encoder.weight", Shape.of(settings.get(UNITS), inputs), 0.2);
    encoderBias = bias("encoder.bias", settings.get(UNITS));
    decoder = weight("decoder.weight", Shape.of(settings.get(UNITS), inputs), 0.2);
    centre = bias("centre", inputs);
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code code = code(tape, x);
    return StepOutput.of(tape.squaredError(decode(tape, code), x), code);
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    Variable centred = tape.subtractRow(x, tape.parameter(centre));
    return tape.denseRelu(centred, tape.parameter(encoder), tape.parameter(encoderBias));
  }

  @Override
  protected Variable reconstruct(Tape tape, Variable x) {
    return decode(tape, code(tape, x));
  }

  private Code code(Tape tape, Variable x) {
    Variable centred = tape.subtractRow(x, tape.parameter(centre));
    TopK competition = new TopK(settings().get(K));
    return tape.encode(centred, tape.parameter(encoder), tape.parameter(encoderBias), competition);
  }

  private Variable decode(Tape tape, Code code) {
    return tape.decode(code, tape.parameter(decoder), tape.parameter(centre));
  }

  @Override
  public int features() {
    return settings().get(UNITS);
  }

  @Override
  public Tensor decoderFilters() {
    return decoder.value();
  }

  /** Named in META-INF/services/dev.wta.models.ModelFamily. */
  public static final class Family implements ModelFamily {
    @Override
    public String name() {
      return "my-k-sparse";
    }

    @Override
    public String summary() {
      return "k-sparse autoencoder";
    }

    @Override
    public SettingsSpec settings() {
      return SettingsSpec.of(UNITS, K);
    }

    @Override
    public Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
      return new KSparse(settings, sample, backend, seed);
    }
  }
}
// README: end
