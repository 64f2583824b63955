package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Decoded;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.Target;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.layer.SkipConnection;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.init.InitialSamples;
import dev.wta.models.sae.init.SampleVariance;
import java.util.Optional;

/**
 * A sparse autoencoder: one layer of latents, and a bias {@code c} that is subtracted from a sample
 * before encoding and added to its reconstruction. A subclass determines which latents are active,
 * in {@link #code(Tape, Variable)}, and the loss, in {@link #step}; it may build on {@link
 * AuxiliaryLoss}, {@link SparsityPenalty} and {@link RunningThreshold}.
 *
 * <pre>{@code
 * z = code(W (x - c) + b);  y = z D + c
 * }</pre>
 *
 * <p>Each row of D is a latent. With {@code decoder-rows=unit} rows keep length 1: the component of
 * a row's gradient that is parallel to the row is removed. Otherwise lengths start at {@code
 * decoder-norm} and are learnt; latents compete by activation times length ({@code weighted}) or by
 * activation alone ({@code free}). W starts as a copy of D, c at the geometric median of some
 * samples. Losses are divided by the variance of these samples, {@code mean |x - mean|^2}, so that
 * settings do not depend on the inputs' scale.
 *
 * <p>A transcoder reconstructs a target instead of the samples, see {@link TranscoderSettings}.
 *
 * <p>If the initial reconstructions would be longer than the samples, both measured from c, the
 * encoder's rows, biases and thresholds are scaled down initially, by the factor of the smallest
 * error.
 *
 * <p>Parameters: {@code encoder.weight (units, inputs)}, {@code encoder.bias (units)}, {@code
 * decoder.weight (units, outputs)}, {@code decoder.bias (outputs)}: W, b, D and c, with as many
 * outputs as inputs but for a transcoder, which may have {@code skip.weight (outputs, inputs)}, S.
 * State: {@code variance (1)}, a transcoder's also {@code input.variance (1)}, and {@code silence
 * (units)}, the samples since each latent was last active, up to {@code dead-after}.
 *
 * <p>Logged beside the loss: {@code explainedVariance} of the last batch, {@code l0}, the number of
 * active latents per sample, and {@code deadShare}, the fraction of latents that have been inactive
 * for {@code dead-after} samples.
 */
public abstract class SparseAutoencoder extends Model {
  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);
  private static final int NUMBERS_OF_A_WINNER = 6;

  private final SaeSettings common;
  private final LatentCompetition competition;
  private final Parameter encoder;
  private final Parameter encoderBias;
  private final Parameter decoder;
  private final Parameter centre;
  private final SampleVariance variance;
  private final SampleVariance inputVariance;
  private final DeadLatents deadLatents;
  private final Optional<Shape> target;
  private final Optional<SkipConnection> skip;

  /** As {@link Model#Model}. */
  protected SparseAutoencoder(
      String family, SaeSettings.Within<?> settings, Shape sample, Backend backend, Seed seed) {
    this(SaeSettings.Design.of(family, settings), sample, backend, seed);
  }

  /** An autoencoder, or the transcoder with its code. */
  SparseAutoencoder(
      SaeSettings.Design<? extends SaeSettings.Within<?>> design,
      Shape sample,
      Backend backend,
      Seed seed) {
    Optional<Shape> target = design.transcoder().map(given -> given.target(design.family()));
    super(design.family(), design.all(), sample, backend, seed);
    this.target = target;
    common = design.settings().sae();
    int latents = common.hidden();
    int inputs = Math.toIntExact(sample.size());
    int outputs = Math.toIntExact(target.orElse(sample).size());
    common.requireMemory(inputs, outputs, backend.memory());
    encoder = zeros("encoder.weight", Shape.of(latents, inputs), Optional.empty(), 1);
    encoderBias = bias("encoder.bias", latents);
    boolean free = common.freeRows();
    decoder =
        weight(
            "decoder.weight",
            Shape.of(latents, outputs),
            1,
            free ? Optional.empty() : Optional.of(UNIT_ROWS));
    float length = (float) common.firstLength();
    if (free) {
      backend.update().normaliseRows(decoder.value(), Update.RowNorm.EXACTLY, length);
    }
    competition = new LatentCompetition(encoder, encoderBias, decoder, common.weighsLengths());
    centre = bias("decoder.bias", outputs);
    skip =
        design
            .transcoder()
            .filter(TranscoderSettings::skip)
            .map(_ -> zeros("skip.weight", Shape.of(outputs, inputs), Optional.empty(), 1))
            .map(SkipConnection::new);
    variance = sampleVariance("variance");
    inputVariance = target.isPresent() ? sampleVariance("input.variance") : variance;
    deadLatents = new DeadLatents(state("silence", Shape.of(latents)), common.deadAfter());
    if (target.isEmpty()) {
      backend.memory().copy(decoder.value(), encoder.value());
    } else { // inputs and outputs are different spaces
      backend.randomness().normal(seed.stream("init/encoder.weight"), 0, 1, encoder.value());
      backend.update().normaliseRows(encoder.value(), Update.RowNorm.EXACTLY, length);
    }
  }

  private SampleVariance sampleVariance(String name) {
    boolean divides = common.lossScale() == SaeSettings.LossScale.VARIANCE;
    return new SampleVariance(state(name, Shape.of(1)), backend().memory(), divides);
  }

  @Override
  protected final void beginAt(Dataset samples, Preprocessing fitted) {
    InitialSamples initial = InitialSamples.of(samples, fitted, sampleShape(), seed());
    initialise(initial, initial);
  }

  @Override
  protected final void beginAt(Dataset samples, Preprocessing fitted, Target wanted) {
    initialise(
        InitialSamples.of(samples, fitted, sampleShape(), seed()),
        InitialSamples.of(wanted.data(), wanted.fitted(), wanted.shape(), seed()));
  }

  private void initialise(InitialSamples samples, InitialSamples targets) {
    inputVariance.set(samples.variance());
    variance.set(targets.variance());
    new SaeInitialisation(this, encoder, centre).with(samples, targets);
  }

  /** Sets the initial values of biases and thresholds; {@link #firstThreshold} is known by then. */
  protected void initialiseThresholds() {}

  /** Subtracts a number for each latent from all biases that are added to {@code W x}. */
  protected void subtractFromBiases(Tensor products) {
    backend().dense().axpy(-1, products, encoderBias.value());
  }

  /**
   * Multiplies biases and thresholds by {@code factor}, as the encoder's weights have been: a code
   * is then {@code factor} times what it was.
   */
  protected void scaleThresholds(float factor) {
    Tensor bias = encoderBias.value();
    backend().dense().affine(factor, bias, 0, bias);
  }

  /**
   * What losses are divided by. For training steps: only the first of them waits for the device.
   */
  protected final double variance() {
    return variance.inTraining();
  }

  /**
   * The unit of activations and thresholds: the initial standard deviation of the activation of a
   * latent that is parallel to the samples. For training steps, as {@link #variance}.
   */
  protected final double activationUnit() {
    return common.activationUnit(inputVariance.inTraining());
  }

  /** A threshold that is given in units of {@link #activationUnit}. Waits for the device. */
  protected final float firstThreshold(double threshold) {
    return (float) (threshold * common.activationUnit(inputVariance.read()));
  }

  /** The settings of all sparse autoencoders. */
  protected final SaeSettings common() {
    return common;
  }

  /** What is encoded: {@code x - c}, or x of a transcoder. */
  protected final Variable centred(Tape tape, Variable x) {
    return target.isPresent() ? x : Arithmetic.subtractRow(tape, x, tape.parameter(centre));
  }

  /** Sets the biases of all latents to {@code value}. */
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

  /** {@code z D + c}, to which a transcoder may add {@code S x}. */
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
   * A running threshold, whose values are the states {@code threshold} and {@code
   * threshold.batches}. To be called in the constructor.
   */
  protected final RunningThreshold runningThreshold() {
    return new RunningThreshold(
        state("threshold", Shape.of(1)), state("threshold.batches", Shape.of(1)));
  }

  /** The samples since each latent was last active. */
  protected final DeadLatents deadLatents() {
    return deadLatents;
  }

  /**
   * The code at inference time: it depends on each sample alone.
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
    tape.backend().memory().fill(zeros, 0);
    return Layers.encode(
        tape, centred, encoder(tape), encoderBias(tape), new SelectionRule.Above(zeros));
  }

  /** The reconstruction of a batch from its winners; the loss is its squared error. */
  protected final Reconstruction reconstruction(
      Tape tape, SaeBatch batch, Variable centred, Winners winners) {
    Code.Sparse code = code(tape, centred, winners);
    Variable output = decode(tape, code);
    Loss error = SquaredError.of(tape, output, batch.decoded());
    return new Reconstruction(code, output, error, error);
  }

  /** A training step: its loss from {@link SaeBatch#decoded} and the code of {@code x}. */
  protected abstract StepOutput step(Tape tape, SaeBatch batch);

  @Override
  protected final StepOutput step(Tape tape, Variable x) {
    if (target.isPresent()) {
      throw new IllegalStateException(family() + " is a transcoder: give the target, too");
    }
    return step(tape, SaeBatch.of(x));
  }

  @Override
  protected final StepOutput stepTowards(Tape tape, Variable x, Variable wanted) {
    if (target.isEmpty()) {
      return super.stepTowards(tape, x, wanted);
    }
    Variable decoded = skip.map(map -> map.residual(tape, x, wanted)).orElse(wanted);
    return step(tape, new SaeBatch(x, wanted, decoded));
  }

  @Override
  public final boolean sparse() {
    return true;
  }

  @Override
  protected final Variable encode(Tape tape, Variable x) {
    return ScatterWinners.run(tape, code(tape, centred(tape, x)));
  }

  @Override
  protected final Variable decode(Tape tape, Variable code) {
    return Layers.decode(
        tape, new Code.Dense(code), tape.parameter(decoder), tape.parameter(centre));
  }

  @Override
  protected final boolean decodesFeatures() {
    return true;
  }

  /** From {@link #encode}'s features. */
  @Override
  protected final Decoded reconstruct(Tape tape, Variable x) {
    Code.Sparse code = code(tape, centred(tape, x));
    Variable decoded = decode(tape, code);
    return new Decoded(
        code, skip.map(map -> Arithmetic.add(tape, decoded, map.of(tape, x))).orElse(decoded));
  }

  /** As {@link #measured(Tape, SaeBatch, Loss, Loss, Code.Sparse)}, the loss over the variance. */
  protected final StepOutput measured(Tape tape, SaeBatch batch, Reconstruction of) {
    return measured(tape, batch, of.loss().times(1 / variance()), of.error(), of.code());
  }

  /**
   * A step's output with the metrics that all models of this package log. Counts the latents'
   * activity.
   *
   * @param loss what to minimise
   * @param error the reconstruction's squared error
   * @param code what was decoded
   */
  protected final StepOutput measured(
      Tape tape, SaeBatch batch, Loss loss, Loss error, Code.Sparse code) {
    deadLatents.note(tape, code);
    return StepOutput.of(loss, code)
        .with("explainedVariance", () -> ExplainedVariance.ofBatch(tape, batch.target(), error))
        .with("l0", () -> code.active(tape) / code.winners().samples())
        .with("deadShare", () -> deadLatents.share(tape));
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
  public final Optional<Shape> target() {
    return target;
  }

  @Override
  public final Shape filterShape() {
    return reconstructionShape();
  }

  @Override
  public final Tensor decoderFilters() {
    return decoder.value();
  }
}
