package dev.wta.models.shard.model;

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
import dev.wta.models.Target;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.layer.SkipConnection;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.DeadLatents;
import dev.wta.models.sae.LatentCompetition;
import dev.wta.models.sae.SaeBatch;
import dev.wta.models.sae.SaeSettings;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.sae.init.InitialSamples;
import dev.wta.models.sae.init.InitialScale;
import dev.wta.models.sae.init.SampleVariance;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.BlockSum;
import dev.wta.models.shard.Collective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A share of a {@link dev.wta.models.sae.SparseAutoencoder}, whose equations and parameters it has.
 * A skip connection belongs to no unit: every rank has it, and gives it the same gradient.
 */
abstract class ShardedSae extends ShardedModel {
  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);
  private static final int MOST_RECONSTRUCTIONS = 100;

  private final SaeSettings common;
  private final List<LatentCompetition> latents = new ArrayList<>();
  private final Optional<LatentCompetition> together;
  private final List<DeadLatents> deadLatents = new ArrayList<>();
  private final Parameter centre;
  private final Optional<Shape> target;
  private final Optional<SkipConnection> skip;
  private final SampleVariance variance;
  private final SampleVariance inputVariance;

  /**
   * @param all a transcoder's settings, or those of the autoencoder
   */
  ShardedSae(
      SettingsRecord<?> all,
      SaeSettings common,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    Optional<TranscoderSettings<?>> transcoder =
        all instanceof TranscoderSettings<?> given ? Optional.of(given) : Optional.empty();
    target = transcoder.map(given -> given.target(family(all)));
    super(all, common.hidden(), sample, backend, seed, collective);
    this.common = common;
    int outputs = Math.toIntExact(target.orElse(sample).size());
    boolean free = common.freeRows();
    float length = (float) common.firstLength();
    for (UnitBlock block : blocks()) {
      Parameter encoder =
          target.isEmpty()
              ? block.zeros("encoder.weight", inputs(), Optional.empty())
              : block.weight("encoder.weight", inputs(), 1, Optional.empty());
      Parameter bias = block.bias("encoder.bias");
      Parameter decoder =
          block.weight(
              "decoder.weight", outputs, 1, free ? Optional.empty() : Optional.of(UNIT_ROWS));
      if (free) {
        backend.update().normaliseRows(decoder.value(), Update.RowNorm.EXACTLY, length);
      }
      if (target.isEmpty()) {
        backend.memory().copy(decoder.value(), encoder.value());
      } else { // inputs and outputs are different spaces
        backend.update().normaliseRows(encoder.value(), Update.RowNorm.EXACTLY, length);
      }
      latents.add(new LatentCompetition(encoder, bias, decoder, common.weighsLengths()));
      deadLatents.add(new DeadLatents(block.state("silence"), common.deadAfter()));
    }
    together = latents.size() > 1 ? together() : Optional.empty();
    centre = replicatedBias("decoder.bias", outputs);
    skip =
        transcoder
            .filter(TranscoderSettings::skip)
            .map(_ -> replicatedWeight("skip.weight", Shape.of(outputs, inputs())))
            .map(SkipConnection::new);
    variance = sampleVariance("variance");
    inputVariance = target.isPresent() ? sampleVariance("input.variance") : variance;
  }

  private SampleVariance sampleVariance(String name) {
    boolean divides = common.lossScale() == SaeSettings.LossScale.VARIANCE;
    return new SampleVariance(replicatedState(name), memory(), divides);
  }

  /** All of this rank's latents, unless their weights are too large to be one tensor. */
  private Optional<LatentCompetition> together() {
    Optional<Tensor> encoder = tensors().all("encoder.weight");
    Optional<Tensor> decoder = tensors().all("decoder.weight");
    Optional<Tensor> bias = tensors().all("encoder.bias");
    return encoder.isEmpty() || decoder.isEmpty() || bias.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LatentCompetition(
                Parameter.weight("encoder.weight", encoder.get()),
                Parameter.bias("encoder.bias", bias.get()),
                Parameter.weight("decoder.weight", decoder.get()),
                common.weighsLengths()));
  }

  /**
   * Winners among all units. Where samples keep their largest activations, this rank's units are
   * encoded at once: the activation of a unit does not depend on the units beside it, and there is
   * one list of candidates instead of one for each block. A collective.
   */
  final Selected selected(Tape tape, Centring centred, SelectionRule rule) {
    if (rule instanceof SelectionRule.PerSample each && together.isPresent()) {
      return select(tape, each, together.get().winners(tape, centred.of(0), rule));
    }
    return select(tape, rule, b -> latents.get(b).winners(tape, centred.of(b), rule));
  }

  @Override
  public final Optional<Shape> target() {
    return target;
  }

  @Override
  final ShardedStep step(Tape tape, Variable x, Variable wanted) {
    Variable decoded = skip.map(map -> map.residual(tape, x, wanted)).orElse(wanted);
    return step(tape, new SaeBatch(x, wanted, decoded));
  }

  /** A training step: its loss from {@link SaeBatch#decoded} and the codes of {@code x}. */
  abstract ShardedStep step(Tape tape, SaeBatch batch);

  @Override
  public final void begin(Dataset samples, Preprocessing fitted, Optional<Target> towards) {
    try (var _ = backend().hold()) {
      InitialSamples initial = InitialSamples.of(samples, fitted, sampleShape(), seed());
      InitialSamples wanted =
          towards
              .map(to -> InitialSamples.of(to.data(), to.fitted(), to.shape(), seed()))
              .orElse(initial);
      boolean atMedian = common.firstCentre() == SaeSettings.FirstCentre.MEDIAN;
      if (atMedian) {
        memory().upload(wanted.median(), 0, centre.value());
      }
      inputVariance.set(initial.variance());
      variance.set(wanted.variance());
      initialiseThresholds();
      if (atMedian && target.isPresent()) {
        subtractEncodedMedian(initial);
      }
      scaleEncoder(initial, wanted);
    }
  }

  private void subtractEncodedMedian(InitialSamples samples) {
    for (LatentCompetition block : latents) {
      try (Tensor products = samples.encodedMedian(backend(), block.encoder().value())) {
        backend().dense().axpy(-1, products, block.bias().value());
      }
    }
  }

  /** Sets the initial values of biases and thresholds. */
  void initialiseThresholds() {}

  /** Multiplies biases and thresholds by {@code factor}, as the encoder's weights have been. */
  void scaleThresholds(float factor) {
    for (LatentCompetition block : latents) {
      backend().dense().affine(factor, block.bias().value(), 0, block.bias().value());
    }
  }

  /** Scales the encoder down if initial reconstructions would be too long. */
  private void scaleEncoder(InitialSamples samples, InitialSamples targets) {
    try (Tape tape = Tape.forward(backend())) {
      List<Code.Sparse> code = code(tape, samples.on(tape, MOST_RECONSTRUCTIONS));
      Tensor made =
          BlockSum.decode(tape, collective(), code, decoders(tape), Optional.empty()).value();
      Variable towards = targets.on(tape, MOST_RECONSTRUCTIONS);
      Tensor wanted = Arithmetic.subtractRow(tape, towards, tape.parameter(centre)).value();
      double factor = InitialScale.of(target.isPresent(), backend().dense(), made, wanted);
      if (factor < 1) {
        for (LatentCompetition block : latents) {
          Tensor rows = block.encoder().value();
          backend().dense().affine((float) factor, rows, 0, rows);
        }
        scaleThresholds((float) factor);
      }
    }
  }

  final SaeSettings common() {
    return common;
  }

  /** The latents of each block of this rank. */
  final List<LatentCompetition> latents() {
    return latents;
  }

  final List<DeadLatents> deadLatents() {
    return deadLatents;
  }

  /** What losses are divided by. */
  final double variance() {
    return variance.read();
  }

  /** As {@link dev.wta.models.sae.SaeSettings#activationUnit}. */
  final double activationUnit() {
    return common.activationUnit(inputVariance.read());
  }

  final Centring centred(Tape tape, Variable x) {
    Optional<Parameter> subtracted = target.isPresent() ? Optional.empty() : Optional.of(centre);
    return new Centring(tape, x, subtracted, latents.size());
  }

  final List<Variable> decoders(Tape tape) {
    return latents.stream().map(block -> tape.parameter(block.decoder())).toList();
  }

  /** {@code z D + c}. A collective. */
  final Variable decode(Tape tape, List<Code.Sparse> codes) {
    return BlockSum.decode(
        tape, collective(), codes, decoders(tape), Optional.of(tape.parameter(centre)));
  }

  /** The codes of winners by what latents compete by. */
  final List<Code.Sparse> codes(Tape tape, Centring centred, List<Winners> winners) {
    List<Code.Sparse> codes = new ArrayList<>();
    for (int b = 0; b < latents.size(); b++) {
      codes.add(latents.get(b).code(tape, centred.of(b), winners.get(b)));
    }
    return codes;
  }

  /** Every activation above its threshold. */
  final List<Code.Sparse> above(Tape tape, Centring centred, List<Tensor> thresholds) {
    List<Code.Sparse> codes = new ArrayList<>();
    for (int b = 0; b < latents.size(); b++) {
      LatentCompetition block = latents.get(b);
      codes.add(
          Layers.encode(
              tape,
              centred.of(b),
              tape.parameter(block.encoder()),
              tape.parameter(block.bias()),
              new SelectionRule.Above(thresholds.get(b))));
    }
    return codes;
  }

  /** A number for each unit, the same for all. */
  final List<Tensor> thresholds(Tape tape, float all) {
    List<Tensor> thresholds = new ArrayList<>();
    for (LatentCompetition block : latents) {
      Tensor ofBlock = tape.temporary(block.bias().value().shape());
      memory().fill(ofBlock, all);
      thresholds.add(ofBlock);
    }
    return thresholds;
  }

  /** The NaN among each block's activations, where none compete. */
  static long[] nans(List<Code.Sparse> codes) {
    return codes.stream().mapToLong(code -> code.winners().nanCount()).toArray();
  }

  /** The squared error of a reconstruction. */
  static Loss error(Tape tape, Variable output, Variable wanted) {
    return SquaredError.of(tape, output, wanted);
  }

  /** Counts a batch's activity. */
  final void note(Tape tape, List<Code.Sparse> codes) {
    for (int b = 0; b < codes.size(); b++) {
      deadLatents.get(b).note(tape, codes.get(b));
    }
  }

  /** 1 for each dead latent, else 0. */
  final List<Tensor> dead(Tape tape) {
    return deadLatents.stream().map(block -> block.marks(tape)).toList();
  }

  /** How many latents of the whole model are dead. A collective. */
  final double deadCount(List<Tensor> dead) {
    Dense dense = backend().dense();
    double[][] counts = new double[dead.size()][1];
    for (int b = 0; b < counts.length; b++) {
      counts[b][0] = dense.sum(dead.get(b));
    }
    return collective().sum(counts)[0];
  }
}
