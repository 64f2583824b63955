package dev.wta.models.fc;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Decoded;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competition;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingsRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A deep ReLU encoder, a competition on its last layer, and one linear decoder, trained on the
 * squared error:
 *
 * <pre>{@code
 * h_0 = x;  h_l = relu(h_(l-1) W_l' + b_l);  z = competition(h_L);  y = z D + c;  loss = |y - x|^2, averaged over the batch
 * }</pre>
 *
 * <p>Parameters: {@code encoder.<layer>.weight (units, inputs)}, {@code encoder.<layer>.bias
 * (units)}, {@code decoder.weight (units, inputs)} unless tied, {@code decoder.bias (inputs)}.
 */
public abstract class FullyConnected extends Model {
  static final String HIDDEN_HELP = "units of each hidden layer, the first layer first";

  /** Whether the rows of the decoder's weights are kept at L2 norm 1. */
  public enum DecoderNorm {
    NONE,
    UNIT
  }

  /** What all models of this kind have last among their settings. */
  public record Weights(
      @Setting(
              help =
                  "whether the decoder's weights are the encoder's, transposed; for one hidden"
                      + " layer",
              shapesParameters = true)
          boolean tied,
      @Setting(
              help = "standard deviation of the initial weights; biases start at 0",
              above = 0,
              max = 10,
              shapesParameters = true)
          double init,
      @Setting(
              help = "unit keeps each row of the decoder's weights at L2 norm 1",
              shapesParameters = true)
          DecoderNorm decoderNorm) {
    static final Weights DEFAULTS = new Weights(true, 0.01, DecoderNorm.NONE);
  }

  /** Copies of settings that all models of this kind have. */
  public interface CommonSettings<S extends Record & CommonSettings<S>> extends SettingsRecord<S> {
    /** The units of each hidden layer, the first layer first. */
    List<Integer> hidden();

    Weights weights();

    /** The units of each hidden layer, the first layer first. */
    default S hidden(Integer... units) {
      return with("hidden", Arrays.asList(units));
    }

    /** Whether the decoder uses the encoder's weights. */
    default S tied(boolean tied) {
      return with("tied", tied);
    }

    /** The standard deviation of the first weights. */
    default S init(double deviation) {
      return with("init", deviation);
    }

    default S decoderNorm(DecoderNorm norm) {
      return with("decoder-norm", norm);
    }
  }

  /** Training settings: centred samples, SGD with momentum, and a rate that falls as a cosine. */
  static Map<String, Object> bySgd(double rate, int epochs) {
    return Map.of(
        "preprocess",
        List.of("scale", "center"),
        "optimizer",
        "sgd",
        "rate",
        rate,
        "momentum",
        0.9,
        "schedule",
        "cosine",
        "epochs",
        epochs);
  }

  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);

  private record Layer(Parameter weight, Parameter bias) {}

  private final Competition competition;
  private final List<Layer> encoder = new ArrayList<>();
  private final Parameter decoderWeight;
  private final Parameter decoderBias;

  FullyConnected(
      String family,
      CommonSettings<?> settings,
      Shape sample,
      Competition competition,
      Backend backend,
      Seed seed) {
    super(family, settings, sample, backend, seed);
    this.competition = competition;
    List<Integer> hidden = settings.hidden();
    boolean tied = settings.weights().tied();
    if (tied && hidden.size() > 1) {
      throw new WtaException(
          "tied weights need a single hidden layer, and 'hidden' has " + hidden.size(),
          "set tied to false");
    }
    competition.rule(Shape.of(1, hidden.getLast())); // one that does not fit says so at once
    double init = settings.weights().init();
    int inputs = Math.toIntExact(sample.size());
    Optional<Parameter.RowBound> rowBound =
        settings.weights().decoderNorm() == DecoderNorm.UNIT
            ? Optional.of(UNIT_ROWS)
            : Optional.empty();
    int below = inputs;
    for (int units : hidden) {
      String layer = "encoder." + encoder.size();
      Parameter weight =
          weight(
              layer + ".weight", Shape.of(units, below), init, tied ? rowBound : Optional.empty());
      encoder.add(new Layer(weight, bias(layer + ".bias", units)));
      below = units;
    }
    decoderWeight =
        tied
            ? encoder.getFirst().weight()
            : weight("decoder.weight", Shape.of(below, inputs), init, rowBound);
    decoderBias = bias("decoder.bias", inputs);
  }

  @Override
  public int features() {
    return encoder.getLast().bias().value().shape().rows();
  }

  @Override
  public List<String> notes(int batch, long steps) {
    return competition.note(Shape.of(batch, features())).stream().toList();
  }

  @Override
  public Tensor decoderFilters() {
    return decoderWeight.value();
  }

  @Override
  protected StepOutput step(Tape tape, Variable x) {
    Code code = trainingCode(tape, x);
    Loss loss = SquaredError.of(tape, decode(tape, code), x);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, x, loss));
  }

  @Override
  protected Variable encode(Tape tape, Variable x) {
    return layers(tape, x, encoder.size());
  }

  @Override
  protected Decoded reconstruct(Tape tape, Variable x) {
    Code code = compete(tape, x, competition);
    return new Decoded(code, decode(tape, code));
  }

  /** The code that a training step decodes: what the competition leaves, unless there is noise. */
  Code trainingCode(Tape tape, Variable x) {
    return compete(tape, x, competition);
  }

  /** The code of {@code x} and what {@code among} leaves of it. */
  final Code compete(Tape tape, Variable x, Competition among) {
    Layer last = encoder.getLast();
    Variable below = layers(tape, x, encoder.size() - 1);
    return Layers.encode(
        tape, below, tape.parameter(last.weight), tape.parameter(last.bias), among);
  }

  private Variable layers(Tape tape, Variable x, int count) {
    Variable hidden = x;
    for (int i = 0; i < count; i++) {
      Layer layer = encoder.get(i);
      hidden =
          Layers.denseRelu(tape, hidden, tape.parameter(layer.weight), tape.parameter(layer.bias));
    }
    return hidden;
  }

  @Override
  protected Variable decode(Tape tape, Variable code) {
    return decode(tape, new Code.Dense(code));
  }

  private Variable decode(Tape tape, Code code) {
    return Layers.decode(tape, code, tape.parameter(decoderWeight), tape.parameter(decoderBias));
  }
}
