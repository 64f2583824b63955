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
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.DeadLatents;
import dev.wta.models.sae.LatentCompetition;
import dev.wta.models.sae.SaeSettings;
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
  private final SampleVariance variance;

  ShardedSae(
      SettingsRecord<?> settings,
      SaeSettings common,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    super(settings, common.hidden(), sample, backend, seed, collective);
    this.common = common;
    boolean free = common.freeRows();
    for (UnitBlock block : blocks()) {
      Parameter encoder = block.zeros("encoder.weight", inputs(), Optional.empty());
      Parameter bias = block.bias("encoder.bias");
      Parameter decoder =
          block.weight(
              "decoder.weight", inputs(), 1, free ? Optional.empty() : Optional.of(UNIT_ROWS));
      if (free) {
        float length = (float) common.firstLength();
        backend.update().normaliseRows(decoder.value(), Update.RowNorm.EXACTLY, length);
      }
      backend.memory().copy(decoder.value(), encoder.value());
      latents.add(new LatentCompetition(encoder, bias, decoder, common.weighsLengths()));
      deadLatents.add(new DeadLatents(block.state("silence"), common.deadAfter()));
    }
    together = latents.size() > 1 ? together() : Optional.empty();
    centre = replicatedBias("decoder.bias", inputs());
    boolean divides = common.lossScale() == SaeSettings.LossScale.VARIANCE;
    variance = new SampleVariance(replicatedState("variance"), memory(), divides);
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
  public final void begin(Dataset samples, Preprocessing fitted) {
    try (var _ = backend().hold()) {
      InitialSamples initial = InitialSamples.of(samples, fitted, sampleShape(), seed());
      if (common.firstCentre() == SaeSettings.FirstCentre.MEDIAN) {
        memory().upload(initial.median(), 0, centre.value());
      }
      variance.set(initial.variance());
      initialiseThresholds();
      scaleEncoder(initial);
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
  private void scaleEncoder(InitialSamples initial) {
    try (Tape tape = Tape.forward(backend())) {
      Variable x = initial.on(tape, MOST_RECONSTRUCTIONS);
      Variable made =
          BlockSum.decode(tape, collective(), code(tape, x), decoders(tape), Optional.empty());
      Variable wanted = Arithmetic.subtractRow(tape, x, tape.parameter(centre));
      double factor = InitialScale.ofAutoencoder(backend().dense(), made.value(), wanted.value());
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
    return common.activationUnit(variance());
  }

  final Centring centred(Tape tape, Variable x) {
    return new Centring(tape, x, centre, latents.size());
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
  static Loss error(Tape tape, Variable output, Variable x) {
    return SquaredError.of(tape, output, x);
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
