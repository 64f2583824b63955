package dev.wta.models.tutorial;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Decoded;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.TopK;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingsRecord;

// README: model
/** A model of one's own: the k-sparse autoencoder, x^ = D topk(relu(W (x - c) + b)) + c. */
public final class KSparse extends Model {
  /** What can be configured: a key of configurations for each component. */
  public record Settings(
      @Setting(help = "hidden units", min = 1, max = 1 << 20) int units,
      @Setting(help = "winners of each sample", min = 1, max = 1 << 20) int k)
      implements SettingsRecord<Settings> {
    public static final Settings DEFAULTS = new Settings(1000, 25);
  }

  /** Listed by the jar's ModelProvider. */
  public static final ModelFamily FAMILY =
      ModelFamily.of("my-k-sparse", "k-sparse autoencoder", Settings.DEFAULTS, KSparse::new);

  private final Settings settings;

  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;

  KSparse(Settings settings, Shape sample, Backend backend, Seed seed) {
    super("my-k-sparse", settings, sample, backend, seed);
    this.settings = settings;
    int inputs = (int) sample.size();
    encoder = weight("encoder.weight", Shape.of(settings.units(), inputs), 0.2);
    encoderBias = bias("encoder.bias", settings.units());
    decoder = weight("decoder.weight", Shape.of(settings.units(), inputs), 0.2);
    centre = bias("centre", inputs);
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code code = code(tape, x);
    return StepOutput.of(SquaredError.of(tape, decode(tape, code), x), code);
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    Variable centred = Arithmetic.subtractRow(tape, x, tape.parameter(centre));
    return Layers.denseRelu(tape, centred, tape.parameter(encoder), tape.parameter(encoderBias));
  }

  @Override
  protected Decoded reconstruct(Tape tape, Variable x) {
    Code code = code(tape, x);
    return new Decoded(code, decode(tape, code));
  }

  private Code code(Tape tape, Variable x) {
    Variable centred = Arithmetic.subtractRow(tape, x, tape.parameter(centre));
    TopK competition = new TopK(settings.k());
    return Layers.encode(
        tape, centred, tape.parameter(encoder), tape.parameter(encoderBias), competition);
  }

  private Variable decode(Tape tape, Code code) {
    return Layers.decode(tape, code, tape.parameter(decoder), tape.parameter(centre));
  }

  @Override
  public int features() {
    return settings.units();
  }

  @Override
  public Tensor decoderFilters() {
    return decoder.value();
  }
}
// README: end
