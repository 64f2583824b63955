package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.op.RowLengths;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sparse autoencoder: one layer of latents, and a bias {@code c} that is subtracted from a sample
 * before encoding and added to its reconstruction. A kind of it says which latents are active, by
 * {@link #code(Tape, Variable)}, and what a training step minimises, by {@link #step}; {@link
 * AuxiliaryLoss}, {@link SparsityPenalty} and {@link RunningThreshold} are parts for that.
 *
 * <pre>{@code
 * z = code(W (x - c) + b);  y = z D + c
 * }</pre>
 *
 * <p>Rows of D, a latent each, have length 1 and stay so, the part of a row's gradient that is
 * parallel to the row being taken out; or they begin with length {@code decoder-norm} and learn
 * theirs, and latents then compete by activation times length ({@code decoder-rows=weighted}) or by
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
 * variance (1)}, and {@code silence (units)}, the samples since each latent was last active, up to
 * {@code dead-after}.
 *
 * <p>Logged beside the loss: {@code explainedVariance} of the last batch, {@code l0}, the active
 * latents of a sample, and {@code deadShare}, the share of the latents that have been silent for
 * {@code dead-after} samples.
 */
public abstract class SparseAutoencoder extends Model {
  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);
  private static final int MOST_FIRST_RECONSTRUCTIONS = 100;
  private static final int NUMBERS_OF_A_WINNER = 6;

  /** What settings of today stood for in runs that were kept before there were these. */
  private static final Map<String, Object> EARLIER =
      Map.of(
          "decoder-rows", "unit",
          "first-centre", "median",
          "loss-scale", "variance",
          "aux-signed", false,
          "aux-scale", "reconstruction",
          "dead-counted", "after",
          "threshold-form", "log",
          "sparsity-loss", "step",
          "kernel-to-encoder", false);

  private final SaeSettings common;
  private final LatentCompetition competition;
  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;
  private final Parameter variance;
  private final DeadLatents silence;

  /** What {@link #variance} holds, once a step has read it. */
  private double knownVariance = Double.NaN;

  /** As {@link Model#Model}. */
  protected SparseAutoencoder(
      String family, SaeSettings.Within<?> settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, backend, seed);
    common = settings.sae();
    competition = new LatentCompetition(this, common.weighsLengths());
    int latents = common.hidden();
    Shape weights = Shape.of(latents, Math.toIntExact(sample.size()));
    encoder = zeros("encoder.weight", weights, Optional.empty(), 1);
    encoderBias = bias("encoder.bias", latents);
    boolean free = common.freeRows();
    decoder =
        weight("decoder.weight", weights, 1, free ? Optional.empty() : Optional.of(UNIT_ROWS));
    if (free) {
      float length = (float) common.decoderNorm();
      backend.update().normaliseRows(decoder.value(), Update.RowNorm.EXACTLY, length);
    }
    centre = bias("decoder.bias", weights.rowSize());
    variance = state("variance", Shape.of(1));
    silence = new DeadLatents(state("silence", Shape.of(latents)), common.deadAfter());
    backend.memory().copy(decoder.value(), encoder.value());
    backend.memory().fill(variance.value(), 1);
  }

  /** A family of this package, with the pre-processing of all of them. */
  static <S extends Record & SaeSettings.Within<S>> ModelFamily family(
      String name,
      String summary,
      S defaults,
      Map<String, Object> training,
      ModelFamily.Constructor<S> constructor) {
    Map<String, Object> all = new LinkedHashMap<>(training);
    all.put("preprocess", List.of("scale", "mean-norm"));
    Map<String, Object> earlier = new LinkedHashMap<>(EARLIER);
    earlier.keySet().retainAll(defaults.toMap().keySet());
    return ModelFamily.of(name, summary, defaults, constructor)
        .training(all)
        .earlierSettings(earlier);
  }

  /** Looks at some samples, all of them if there are few: their centre and their variance. */
  @Override
  protected final void beginAt(Dataset samples, Preprocessing fitted) {
    FirstSamples first = FirstSamples.of(samples, fitted, sampleShape(), seed());
    if (common.firstCentre() == SaeSettings.FirstCentre.MEDIAN) {
      backend().memory().upload(first.median(), 0, centre.value());
    }
    double measured = first.variance();
    boolean divides = common.lossScale() == SaeSettings.LossScale.VARIANCE;
    // A single sample, or several equal ones, have none to divide by.
    backend().memory().fill(variance.value(), divides && measured > 0 ? (float) measured : 1);
    knownVariance = Double.NaN;
    beginThresholds();
    shorten(first);
  }

  /** Gives biases and thresholds of activations their first values. */
  protected void beginThresholds() {}

  /**
   * Multiplies all that an activation is linear in by {@code factor}: biases and thresholds. The
   * weights are multiplied already.
   */
  protected void scaleThresholds(float factor) {
    Tensor bias = encoderBias.value();
    backend().dense().affine(factor, bias, 0, bias);
  }

  /**
   * Shortens the encoder's rows where so many latents overlap that first reconstructions are longer
   * than their samples: by the factor that lets them explain most.
   */
  private void shorten(FirstSamples first) {
    Dense dense = backend().dense();
    try (Tape tape = Tape.forward(backend())) {
      int rows = Math.min(first.count(), MOST_FIRST_RECONSTRUCTIONS);
      Tensor x = tape.temporary(Shape.of(rows, centre.value().shape().rows()));
      backend().memory().upload(first.values(rows), 0, x);
      Variable centred = centred(tape, tape.constant(x));
      Tensor fromCentre = Layers.decode(tape, code(tape, centred), decoder(tape)).value();
      double squares = dense.dot(fromCentre, fromCentre);
      double factor = dense.dot(fromCentre, centred.value()) / squares;
      boolean overshoots = squares > dense.dot(centred.value(), centred.value());
      if (overshoots && factor > 0) {
        dense.affine((float) factor, encoder.value(), 0, encoder.value());
        scaleThresholds((float) factor);
      }
    }
  }

  /** What losses are divided by, as it stands now. Waits for the device. */
  private double readVariance() {
    return backend().memory().download(variance.value())[0];
  }

  /**
   * What losses are divided by. For training steps alone: nothing changes it from the first of them
   * on, and only that one waits for the device.
   */
  protected final double variance() {
    if (Double.isNaN(knownVariance)) {
      knownVariance = readVariance();
    }
    return knownVariance;
  }

  /**
   * A threshold of activations that is given in units of how much a latent that is parallel to
   * samples gets of their standard deviation at first. Waits for the device.
   */
  protected final float firstThreshold(double threshold) {
    return (float) (threshold * common.activationUnit(readVariance()));
  }

  /** The settings of all sparse autoencoders. */
  protected final SaeSettings common() {
    return common;
  }

  /** The lengths of the decoder's rows, {@code (units)}. */
  protected final Tensor rowLengths(Tape tape) {
    return RowLengths.of(tape, decoder.value());
  }

  /** {@code x - c}. */
  protected final Variable centred(Tape tape, Variable x) {
    return Arithmetic.subtractRow(tape, x, tape.parameter(centre));
  }

  /** Lets all latents' biases begin at {@code value}. */
  protected final void fillEncoderBias(float value) {
    backend().memory().fill(encoderBias.value(), value);
  }

  protected final Variable encoder(Tape tape) {
    return tape.parameter(encoder);
  }

  protected final Variable encoderBias(Tape tape) {
    return tape.parameter(encoderBias);
  }

  protected final Variable decoder(Tape tape) {
    return tape.parameter(decoder);
  }

  /** {@code z D + c}. */
  protected final Variable decode(Tape tape, Code.Sparse code) {
    return Layers.decode(tape, code, tape.parameter(decoder), tape.parameter(centre));
  }

  /** {@code z D + c} with D and c held fixed: no gradient reaches them. */
  protected final Variable decodeFrozen(Tape tape, Code.Sparse code) {
    return Layers.decode(tape, code, tape.constant(decoder.value()), tape.constant(centre.value()));
  }

  /** The shape of a batch's code. */
  protected final Shape codeShape(Variable x) {
    return competition.codeShape(x);
  }

  final LatentCompetition competition() {
    return competition;
  }

  /**
   * What a running threshold needs is kept as the states {@code threshold} and {@code
   * threshold.batches}; to be asked for in the constructor.
   */
  protected final RunningThreshold runningThreshold() {
    return new RunningThreshold(
        state("threshold", Shape.of(1)), state("threshold.batches", Shape.of(1)));
  }

  /** The samples since each latent was last active. */
  protected final DeadLatents silence() {
    return silence;
  }

  /**
   * The code of samples outside training: it depends on each sample alone.
   *
   * @param centred {@code x - c}
   */
  protected abstract Code.Sparse code(Tape tape, Variable centred);

  /** The code of the winners of {@code rule}, by what latents compete by. */
  protected final Code.Sparse winners(Tape tape, Variable centred, SelectionRule rule) {
    return competition.code(tape, centred, competition.winners(tape, centred, rule));
  }

  /** The code of winners that were chosen by what latents compete by. */
  protected final Code.Sparse code(Tape tape, Variable centred, Winners winners) {
    return competition.code(tape, centred, winners);
  }

  /** The code of every activation above 0. */
  protected final Code.Sparse rectified(Tape tape, Variable centred) {
    Tensor zeros = tape.temporary(Shape.of(features()));
    backend().memory().fill(zeros, 0);
    return Layers.encode(
        tape, centred, encoder(tape), encoderBias(tape), new SelectionRule.Above(zeros));
  }

  /** The reconstruction of a batch from its winners; the loss is its squared error. */
  protected final Reconstruction reconstruction(
      Tape tape, Variable x, Variable centred, Winners winners) {
    Code.Sparse code = code(tape, centred, winners);
    Variable output = decode(tape, code);
    Loss error = SquaredError.of(tape, output, x);
    return new Reconstruction(code, output, error, error);
  }

  @Override
  protected final Variable encode(Tape tape, Variable x) {
    return ScatterWinners.run(tape, code(tape, centred(tape, x)));
  }

  /** From {@link #encode}'s features. */
  @Override
  protected final Variable reconstruct(Tape tape, Variable x) {
    return decode(tape, code(tape, centred(tape, x)));
  }

  /** As {@link #measured(Tape, Variable, Loss, Loss, Code.Sparse)}, the loss over the variance. */
  protected final StepOutput measured(Tape tape, Variable x, Reconstruction of) {
    return measured(tape, x, of.loss().times(1 / variance()), of.error(), of.code());
  }

  /**
   * A step's output with what all models of this package log, its latents' activity being counted.
   *
   * @param loss what to minimise
   * @param error the reconstruction's squared error
   * @param code what was decoded
   */
  protected final StepOutput measured(
      Tape tape, Variable x, Loss loss, Loss error, Code.Sparse code) {
    silence.note(tape, code);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, x, error))
        .with("l0", () -> active(tape, code))
        .with("deadShare", () -> silence.share(tape));
  }

  /** The active latents of a sample, averaged. Waits for the device. */
  private double active(Tape tape, Code.Sparse code) {
    Dense dense = backend().dense();
    Tensor steps = tape.temporary(code.coefficients().shape());
    Tensor sums = tape.temporary(Shape.of(features()));
    dense.map(Dense.Unary.STEP, code.coefficients().value(), steps);
    backend().sparse().unitSums(code.winners(), steps, sums);
    return dense.sum(sums) / code.winners().samples();
  }

  /** All latents may be active, and winners are held with their coordinates. */
  @Override
  public long activations() {
    return (long) NUMBERS_OF_A_WINNER * features();
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
