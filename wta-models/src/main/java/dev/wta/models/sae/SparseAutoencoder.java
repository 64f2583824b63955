package dev.wta.models.sae;

import dev.wta.api.IntSize;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Update;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the sparse autoencoders of this package share: one layer of units, and a bias {@code c} that
 * is subtracted from a sample before encoding and added to what the units draw.
 *
 * <pre>{@code
 * z = code(W (x - c) + b);  y = z D + c
 * }</pre>
 *
 * <p>Rows of D, a unit each, have length 1 and stay so, the part of a row's gradient that is
 * parallel to the row being taken out; or they begin with length {@code decoder-norm} and learn
 * theirs, and units then compete by activation times length ({@code decoder-rows=weighted}) or by
 * activation alone ({@code free}). W begins as a copy of D; c begins at the geometric median of
 * some samples. Losses are divided by the variance of these samples, {@code mean |x - mean|^2}, so
 * that a setting means the same whatever the inputs' scale.
 *
 * <p>Where the first reconstructions would be longer than the samples, both measured from c, the
 * encoder's rows, its biases and thresholds begin smaller, so that they explain as much as they
 * can.
 *
 * <p>Parameters: {@code encoder.weight (units, inputs)}, {@code encoder.bias (units)}, {@code
 * decoder.weight (units, inputs)}, {@code decoder.bias (inputs)}: W, b, D and c. State: {@code
 * variance (1)}, and {@code silence (units)}, the samples since each unit was last active, up to
 * {@code dead-after}.
 *
 * <p>Logged beside the loss: {@code explainedVariance} of the last batch, {@code l0}, the active
 * units of a sample, and {@code deadShare}, the share of the units that have been silent for {@code
 * dead-after} samples.
 */
abstract class SparseAutoencoder extends Model {
  static final Setting<Integer> HIDDEN =
      Setting.integer("hidden", 2000, 1, 1 << 20, "units: the latents, or features");
  static final String UNIT = "unit";
  static final String WEIGHTED = "weighted";
  static final Setting<String> DECODER_ROWS =
      Setting.choice(
          "decoder-rows",
          WEIGHTED,
          List.of(UNIT, WEIGHTED, "free"),
          "lengths of the decoder's rows: unit keeps them at 1; weighted lets them learn, and units"
              + " compete by activation times length; free too, and they compete by activation");
  static final Setting<Double> DECODER_NORM =
      Setting.realAbove(
          "decoder-norm", 0.1, 0, 1e3, "first length of the decoder's rows where they are free");
  static final String MEDIAN = "median";
  static final Setting<String> FIRST_CENTRE =
      Setting.choice(
          "first-centre",
          MEDIAN,
          List.of(MEDIAN, "zero"),
          "where the decoder's bias begins: the samples' geometric median, or zero");
  static final String OVER_VARIANCE = "variance";
  static final Setting<String> LOSS_SCALE =
      Setting.choice(
          "loss-scale",
          OVER_VARIANCE,
          List.of(OVER_VARIANCE, "none"),
          "what the loss and other settings are relative to: the samples' variance, or nothing");
  static final Setting<Integer> DEAD_AFTER =
      Setting.integer(
          "dead-after",
          100_000,
          1,
          1 << 24, // float32 counts no further
          "samples in a row that leave a unit silent until it counts as dead");

  /** The settings of all families of this package. */
  static final SettingsSpec COMMON =
      SettingsSpec.of(HIDDEN, DECODER_ROWS, DECODER_NORM, FIRST_CENTRE, LOSS_SCALE, DEAD_AFTER);

  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);
  private static final int MOST_FIRST_SAMPLES = 1000;
  private static final int MOST_FIRST_RECONSTRUCTIONS = 100;
  private static final int NUMBERS_OF_A_WINNER = 6;

  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;
  private final Parameter variance;
  private final DeadLatents silence;

  /** What {@link #variance} holds, once a step has read it. */
  private double knownVariance = Double.NaN;

  SparseAutoencoder(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, backend, seed);
    int units = settings.get(HIDDEN);
    Shape weights = Shape.of(units, Math.toIntExact(sample.size()));
    encoder = zeros("encoder.weight", weights, Optional.empty(), 1);
    encoderBias = bias("encoder.bias", units);
    decoder =
        weight(
            "decoder.weight", weights, 1, freeRows() ? Optional.empty() : Optional.of(UNIT_ROWS));
    if (freeRows()) {
      float length = settings.get(DECODER_NORM).floatValue();
      backend.update().normaliseRows(decoder.value(), Update.RowNorm.EXACTLY, length);
    }
    centre = bias("decoder.bias", weights.rowSize());
    variance = state("variance", Shape.of(1));
    silence = new DeadLatents(state("silence", Shape.of(units)), settings.get(DEAD_AFTER));
    backend.memory().copy(decoder.value(), encoder.value());
    backend.memory().fill(variance.value(), 1);
  }

  /** Looks at some samples, all of them if there are few: their centre and their variance. */
  @Override
  protected void beginAt(Dataset samples, Preprocessing fitted) {
    int inputs = centre.value().shape().rows();
    int count = Math.min(MOST_FIRST_SAMPLES, samples.size());
    float[] first =
        new float
            [IntSize.of((long) count * inputs, "numbers of the first %d samples".formatted(count))];
    if (count == samples.size()) {
      samples.read(0, count, first, 0);
    } else {
      Philox draws = seed().stream("init/samples");
      for (int n = 0; n < count; n++) {
        samples.read(draws.below(samples.size(), n), 1, first, n * inputs);
      }
    }
    fitted.apply(first, count, sampleShape());
    if (settings().get(FIRST_CENTRE).equals(MEDIAN)) {
      double[] median = GeometricMedian.of(first, inputs);
      float[] bias = new float[inputs];
      for (int j = 0; j < inputs; j++) {
        bias[j] = (float) median[j];
      }
      backend().memory().upload(bias, 0, centre.value());
    }
    double measured = varianceOf(first, inputs);
    boolean divides = settings().get(LOSS_SCALE).equals(OVER_VARIANCE);
    // A single sample, or several equal ones, have none to divide by.
    backend().memory().fill(variance.value(), divides && measured > 0 ? (float) measured : 1);
    knownVariance = Double.NaN;
    beginThresholds();
    shorten(first, count);
  }

  /** Gives biases and thresholds of activations their first values. */
  void beginThresholds() {}

  /**
   * Multiplies all that an activation is linear in by {@code factor}: biases and thresholds. The
   * weights are multiplied already.
   */
  void scaleThresholds(float factor) {
    Tensor bias = encoderBias.value();
    backend().dense().affine(factor, bias, 0, bias);
  }

  /**
   * Shortens the encoder's rows where so many units overlap that first reconstructions are longer
   * than their samples: by the factor that lets them explain most.
   */
  private void shorten(float[] samples, int count) {
    Dense dense = backend().dense();
    try (Tape tape = Tape.forward(backend())) {
      int rows = Math.min(count, MOST_FIRST_RECONSTRUCTIONS);
      Tensor x = tape.temporary(Shape.of(rows, centre.value().shape().rows()));
      backend().memory().upload(Arrays.copyOf(samples, Math.toIntExact(x.size())), 0, x);
      Variable centred = centred(tape, tape.constant(x));
      Tensor fromCentre = tape.decode(code(tape, centred), decoder(tape)).value();
      double squares = dense.dot(fromCentre, fromCentre);
      double factor = dense.dot(fromCentre, centred.value()) / squares;
      boolean overshoots = squares > dense.dot(centred.value(), centred.value());
      if (overshoots && factor > 0) {
        dense.affine((float) factor, encoder.value(), 0, encoder.value());
        scaleThresholds((float) factor);
      }
    }
  }

  /** The mean squared distance from the mean. */
  private static double varianceOf(float[] samples, int inputs) {
    int count = samples.length / inputs;
    double sum = 0;
    for (int j = 0; j < inputs; j++) {
      double mean = 0;
      for (int n = 0; n < count; n++) {
        mean += (double) samples[n * inputs + j] / count;
      }
      for (int n = 0; n < count; n++) {
        double distance = samples[n * inputs + j] - mean;
        sum += distance * distance / count;
      }
    }
    return sum;
  }

  /** What losses are divided by, as it stands now. Waits for the device. */
  final double readVariance() {
    return backend().memory().download(variance.value())[0];
  }

  /**
   * What losses are divided by. For training steps alone: nothing changes it from the first of them
   * on, and only that one waits for the device.
   */
  final double variance() {
    if (Double.isNaN(knownVariance)) {
      knownVariance = readVariance();
    }
    return knownVariance;
  }

  /** Whether the decoder's rows have lengths of their own. */
  final boolean freeRows() {
    return !settings().get(DECODER_ROWS).equals(UNIT);
  }

  /**
   * What thresholds of activations are in units of: how much a unit that is parallel to samples
   * gets of their standard deviation at first.
   */
  final double activationUnit(double variance) {
    if (!settings().get(LOSS_SCALE).equals(OVER_VARIANCE)) {
      return 1;
    }
    return Math.sqrt(variance) * (freeRows() ? settings().get(DECODER_NORM) : 1);
  }

  /** Whether units compete by their activations times their rows' lengths. */
  final boolean weighsLengths() {
    return settings().get(DECODER_ROWS).equals(WEIGHTED);
  }

  /** The lengths of the decoder's rows, {@code (units)}. */
  final Tensor rowLengths(Tape tape) {
    return RowLengths.of(tape, decoder.value());
  }

  /** {@code x - c}. */
  final Variable centred(Tape tape, Variable x) {
    return tape.subtractRow(x, tape.parameter(centre));
  }

  /** Lets all units' biases begin at {@code value}. */
  final void fillEncoderBias(float value) {
    backend().memory().fill(encoderBias.value(), value);
  }

  final Variable encoder(Tape tape) {
    return tape.parameter(encoder);
  }

  final Variable encoderBias(Tape tape) {
    return tape.parameter(encoderBias);
  }

  final Variable decoder(Tape tape) {
    return tape.parameter(decoder);
  }

  /** {@code z D + c}. */
  final Variable decode(Tape tape, Code.Sparse code) {
    return tape.decode(code, tape.parameter(decoder), tape.parameter(centre));
  }

  /** {@code z D + c} with D and c held fixed: no gradient reaches them. */
  final Variable decodeFrozen(Tape tape, Code.Sparse code) {
    return tape.decode(code, tape.constant(decoder.value()), tape.constant(centre.value()));
  }

  /** The numbers held for a sample whose units may all be active: winners have coordinates. */
  final long heldForAll() {
    return (long) NUMBERS_OF_A_WINNER * features();
  }

  /** The shape of a batch's code. */
  final Shape codeShape(Variable x) {
    return Shape.of(x.shape().rows(), features());
  }

  final DeadLatents silence() {
    return silence;
  }

  /**
   * The code of samples outside training: it depends on each sample alone.
   *
   * @param centred {@code x - c}
   */
  abstract Code.Sparse code(Tape tape, Variable centred);

  @Override
  protected final Variable encode(Tape tape, Variable x) {
    return ScatterWinners.run(tape, code(tape, centred(tape, x)));
  }

  /** From {@link #encode}'s features. */
  @Override
  protected final Variable reconstruct(Tape tape, Variable x) {
    return decode(tape, code(tape, centred(tape, x)));
  }

  /**
   * A step's output with what all models of this package log, its units' activity being counted.
   *
   * @param loss what to minimise
   * @param error the reconstruction's squared error
   * @param code what was decoded
   */
  final StepOutput measured(Tape tape, Variable x, Loss loss, Loss error, Code.Sparse code) {
    silence.note(tape, code);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, x, error))
        .with("l0", () -> active(tape, code))
        .with("deadShare", () -> silence.share(tape));
  }

  /** The active units of a sample, averaged. Waits for the device. */
  private double active(Tape tape, Code.Sparse code) {
    Dense dense = backend().dense();
    Tensor steps = tape.temporary(code.coefficients().shape());
    Tensor sums = tape.temporary(Shape.of(features()));
    dense.map(Dense.Unary.STEP, code.coefficients().value(), steps);
    backend().sparse().unitSums(code.winners(), steps, sums);
    return dense.sum(sums) / code.winners().samples();
  }

  @Override
  public final int features() {
    return encoderBias.value().shape().rows();
  }

  @Override
  public final Tensor decoderFilters() {
    return decoder.value();
  }
}
