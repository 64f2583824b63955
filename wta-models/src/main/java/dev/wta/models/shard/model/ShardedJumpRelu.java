package dev.wta.models.shard.model;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.Sum;
import dev.wta.models.sae.AuxiliaryLoss;
import dev.wta.models.sae.JumpReluSae;
import dev.wta.models.sae.LatentCompetition;
import dev.wta.models.sae.SaeBatch;
import dev.wta.models.sae.op.JumpRelu;
import dev.wta.models.sae.op.PreActivationLoss;
import dev.wta.models.sae.op.RowWeightedSparsity;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.BlockSum;
import dev.wta.models.shard.Collective;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A share of {@link JumpReluSae}. Thresholds and most of what the loss has of sparsity belong to
 * units; the quadratic loss needs each sample's number of active latents, which is summed over
 * ranks.
 */
final class ShardedJumpRelu extends ShardedSae {
  private final JumpReluSae.Settings settings;
  private final boolean logarithmic;
  private final List<Parameter> thresholds = new ArrayList<>();

  ShardedJumpRelu(
      SettingsRecord<?> all,
      JumpReluSae.Settings settings,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    super(all, settings.sae(), sample, backend, seed, collective);
    this.settings = settings;
    logarithmic = settings.thresholdForm() == JumpReluSae.ThresholdForm.LOG;
    for (UnitBlock block : blocks()) {
      thresholds.add(block.bias(logarithmic ? "threshold.log" : "threshold"));
    }
    initialiseThresholds();
  }

  @Override
  void initialiseThresholds() {
    float first = (float) (settings.threshold() * activationUnit());
    float stored = logarithmic ? (float) StrictMath.log(Math.max(first, Float.MIN_NORMAL)) : first;
    thresholds.forEach(block -> memory().fill(block.value(), stored));
  }

  @Override
  void scaleThresholds(float factor) {
    super.scaleThresholds(factor);
    for (Parameter block : thresholds) {
      Tensor value = block.value();
      if (logarithmic) {
        backend().dense().affine(1, value, (float) StrictMath.log(factor), value);
      } else {
        backend().dense().affine(factor, value, 0, value);
      }
    }
  }

  private Variable theta(Tape tape, int block) {
    Variable learnt = tape.parameter(thresholds.get(block));
    return logarithmic ? Arithmetic.exponential(tape, learnt) : learnt;
  }

  @Override
  ShardedStep step(Tape tape, SaeBatch batch) {
    Centring centred = centred(tape, batch.x());
    float bandwidth = (float) (settings.bandwidth() * activationUnit());
    List<Variable> theta = new ArrayList<>();
    List<JumpRelu> jumps = new ArrayList<>();
    for (int b = 0; b < latents().size(); b++) {
      if (!logarithmic) {
        Tensor value = thresholds.get(b).value();
        backend().dense().clip(value, 0, Float.MAX_VALUE, value);
      }
      LatentCompetition block = latents().get(b);
      theta.add(theta(tape, b));
      jumps.add(
          JumpRelu.run(
              tape,
              centred.of(b),
              tape.parameter(block.encoder()),
              tape.parameter(block.bias()),
              theta.get(b),
              bandwidth,
              settings.kernelToEncoder()));
    }
    List<Code.Sparse> codes = jumps.stream().map(JumpRelu::code).toList();
    Variable output = decode(tape, codes);
    for (int b = 0; b < jumps.size(); b++) {
      output = jumps.get(b).reconstructed(tape, output, decoders(tape).get(b));
    }
    Loss error = error(tape, output, batch.decoded());
    Loss whole = error.times(1 / variance());
    List<Loss> ofBlocks = new ArrayList<>();
    double weight = settings.penalty().weight(tape);
    if (settings.sparsityLoss() == JumpReluSae.SparsityLoss.QUADRATIC) {
      whole = whole.plus(quadratic(tape, jumps).times(weight));
    } else {
      for (int b = 0; b < jumps.size(); b++) {
        ofBlocks.add(sparsity(tape, b, jumps.get(b)).times(weight));
      }
    }
    List<Tensor> deadBefore = dead(tape);
    boolean revives = settings.preActivationWeight() > 0 && deadCount(deadBefore) > 0;
    note(tape, codes);
    if (revives) {
      boolean before = settings.deadCounted() == AuxiliaryLoss.DeadCounted.BEFORE;
      List<Tensor> dead = before ? deadBefore : dead(tape);
      for (int b = 0; b < jumps.size(); b++) {
        Loss revival = revival(tape, b, centred.of(b), theta.get(b), dead.get(b));
        if (ofBlocks.size() > b) {
          ofBlocks.set(b, ofBlocks.get(b).plus(revival));
        } else {
          ofBlocks.add(revival);
        }
      }
    }
    return new ShardedStep(this, batch.target(), error, codes, nans(codes))
        .minimising(whole, ofBlocks)
        .of(centred, deadLatents());
  }

  /** The square of how far samples are from the active latents that are aimed at. A collective. */
  private Loss quadratic(Tape tape, List<JumpRelu> jumps) {
    double target = settings.targetL0();
    Variable counts =
        BlockSum.of(tape, collective(), jumps.stream().map(jump -> jump.counts(tape)).toList());
    Tensor wanted = tape.temporary(counts.shape());
    memory().fill(wanted, (float) target);
    return error(tape, counts, tape.constant(wanted)).times(2 / target);
  }

  private Loss sparsity(Tape tape, int block, JumpRelu jump) {
    if (settings.sparsityLoss() == JumpReluSae.SparsityLoss.STEP) {
      return Sum.of(tape, jump.counts(tape));
    }
    OptionalDouble scale = OptionalDouble.of(settings.tanhScale() / Math.sqrt(variance()));
    Variable decoder = decoders(tape).get(block);
    return RowWeightedSparsity.of(tape, jump.code(), decoder, scale)
        .plus(RowWeightedSparsity.of(tape, jump.below(), decoder, scale));
  }

  private Loss revival(Tape tape, int block, Variable centred, Variable theta, Tensor dead) {
    LatentCompetition ofBlock = latents().get(block);
    Variable preActivations =
        Layers.dense(
            tape, centred, tape.parameter(ofBlock.encoder()), tape.parameter(ofBlock.bias()));
    return PreActivationLoss.of(tape, preActivations, theta, decoders(tape).get(block), dead)
        .times(settings.preActivationWeight() / Math.sqrt(variance()));
  }

  @Override
  List<Code.Sparse> code(Tape tape, Variable x) {
    List<Tensor> theta = new ArrayList<>();
    for (int b = 0; b < latents().size(); b++) {
      theta.add(theta(tape, b).value());
    }
    return above(tape, centred(tape, x), theta);
  }
}
