package dev.wta.models.shard.model;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.BatchTopK;
import dev.wta.models.layer.Code;
import dev.wta.models.sae.AuxiliaryLoss;
import dev.wta.models.sae.BatchTopKSae;
import dev.wta.models.sae.LatentCompetition;
import dev.wta.models.sae.RunningThreshold;
import dev.wta.models.sae.SaeBatch;
import dev.wta.models.sae.SaeSettings;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.op.DeadCode;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.BlockSum;
import dev.wta.models.shard.Collective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A share of {@link TopKSae} or {@link BatchTopKSae}, with the loss that revives dead latents. */
final class ShardedTopK extends ShardedSae {
  private final int k;
  private final AuxiliaryLoss auxiliary;
  private final Optional<RunningThreshold> threshold;

  private ShardedTopK(
      SettingsRecord<?> all,
      SaeSettings common,
      int k,
      AuxiliaryLoss auxiliary,
      boolean ofBatch,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    super(all, common, sample, backend, seed, collective);
    this.k = k;
    this.auxiliary = auxiliary;
    threshold =
        ofBatch
            ? Optional.of(
                new RunningThreshold(
                    replicatedState("threshold"), replicatedState("threshold.batches")))
            : Optional.empty();
  }

  static ShardedTopK of(
      SettingsRecord<?> all,
      TopKSae.Settings settings,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    settings.requireLatents("k");
    settings.requireLatents("k-aux");
    return new ShardedTopK(
        all,
        settings.sae(),
        settings.k(),
        settings.auxiliary(),
        false,
        sample,
        backend,
        seed,
        collective);
  }

  static ShardedTopK of(
      SettingsRecord<?> all,
      BatchTopKSae.Settings settings,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    settings.requireLatents("k");
    settings.requireLatents("k-aux");
    return new ShardedTopK(
        all,
        settings.sae(),
        settings.k(),
        settings.auxiliary(),
        true,
        sample,
        backend,
        seed,
        collective);
  }

  private SelectionRule rule(int samples) {
    return threshold.isPresent()
        ? new BatchTopK(k).rule(Shape.of(samples, collective().blocks().units())).orElseThrow()
        : new SelectionRule.PerSample(k);
  }

  @Override
  public OptionalInt winnersOfASample() {
    return threshold.isPresent() ? OptionalInt.empty() : OptionalInt.of(k);
  }

  @Override
  ShardedStep step(Tape tape, SaeBatch batch) {
    SelectionRule rule = rule(batch.x().shape().rows());
    Centring centred = centred(tape, batch.x());
    List<Tensor> deadBefore = dead(tape);
    if (auxiliary.auxWeight() == 0 || deadCount(deadBefore) == 0) {
      Selected selected = selected(tape, centred, rule);
      Reconstructed made = reconstructed(tape, batch, centred, selected);
      return step(batch, centred, made, made.error().times(1 / variance()));
    }
    List<Tensor> activations = new ArrayList<>();
    List<Tensor> compared = new ArrayList<>();
    for (int b = 0; b < latents().size(); b++) {
      LatentCompetition block = latents().get(b);
      activations.add(block.activations(tape, centred.of(b)));
      compared.add(block.compared(tape, activations.get(b)));
    }
    Selected selected = select(tape, rule, b -> selected(tape, compared.get(b), rule));
    Reconstructed made = reconstructed(tape, batch, centred, selected);
    boolean before = auxiliary.deadCounted() == AuxiliaryLoss.DeadCounted.BEFORE;
    List<Tensor> dead = before ? deadBefore : dead(tape);
    Loss revival = revival(tape, batch, centred, made.output(), activations, compared, dead);
    return step(batch, centred, made, made.error().times(1 / variance()).plus(revival));
  }

  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Reconstructed(List<Code.Sparse> codes, long[] nans, Variable output, Loss error) {}

  private ShardedStep step(SaeBatch batch, Centring centred, Reconstructed made, Loss loss) {
    return new ShardedStep(this, batch.target(), made.error(), made.codes(), made.nans())
        .minimising(loss, List.of())
        .of(centred, deadLatents());
  }

  private static Winners selected(Tape tape, Tensor compared, SelectionRule rule) {
    Winners winners = tape.temporaryWinners(compared.shape(), rule);
    tape.backend().selection().select(compared, rule, winners);
    return winners;
  }

  private Reconstructed reconstructed(
      Tape tape, SaeBatch batch, Centring centred, Selected selected) {
    threshold.ifPresent(running -> follow(tape, running, selected.winners()));
    List<Code.Sparse> codes = codes(tape, centred, selected.winners());
    Variable output = decode(tape, codes);
    Loss error = error(tape, output, batch.decoded());
    note(tape, codes);
    return new Reconstructed(codes, selected.nans(), output, error);
  }

  private void follow(Tape tape, RunningThreshold running, List<Winners> winners) {
    Tensor least = tape.temporary(Shape.of(1));
    float smallest = Float.POSITIVE_INFINITY;
    for (Winners block : winners) {
      memory().least(block, least);
      smallest = Math.min(smallest, memory().download(least)[0]);
    }
    memory().fill(least, -collective().maximum(new float[] {-smallest})[0]);
    running.follow(tape, least);
  }

  /** What {@link AuxiliaryLoss} adds to the loss. */
  private Loss revival(
      Tape tape,
      SaeBatch batch,
      Centring centred,
      Variable output,
      List<Tensor> activations,
      List<Tensor> compared,
      List<Tensor> dead) {
    Dense dense = backend().dense();
    int most = auxiliary.latents(batch.x().shape().rowSize());
    SelectionRule rule = new SelectionRule.PerSample(most);
    List<Tensor> candidates = candidates(tape, compared, dead);
    Selected chosen = select(tape, rule, b -> selected(tape, candidates.get(b), rule));
    List<Code.Sparse> revived = new ArrayList<>();
    for (int b = 0; b < latents().size(); b++) {
      Winners winners = chosen.winners().get(b);
      Tensor values = tape.temporary(winners.values().shape());
      backend().sparse().gather(winners, activations.get(b), values);
      revived.add(latents().get(b).encoded(tape, centred.of(b), winners, values));
    }
    Tensor residual = tape.temporary(output.shape());
    dense.zip(Dense.Binary.SUBTRACT, batch.decoded().value(), output.value(), residual);
    double factor = auxiliary.factor(tape, residual, deadCount(dead) / most, variance());
    Variable decoded =
        BlockSum.decode(tape, collective(), revived, decoders(tape), Optional.empty());
    return error(tape, decoded, tape.constant(residual)).times(factor);
  }

  private List<Tensor> candidates(Tape tape, List<Tensor> compared, List<Tensor> dead) {
    Dense dense = backend().dense();
    List<Tensor> candidates = new ArrayList<>();
    for (int b = 0; b < compared.size(); b++) {
      Tensor ofDead = tape.temporary(compared.get(b).shape());
      dense.zipRow(Dense.Binary.MULTIPLY, compared.get(b), dead.get(b), ofDead);
      candidates.add(ofDead);
    }
    if (auxiliary.auxSigned()) {
      float[] lowest = lowest(tape, candidates);
      for (int b = 0; b < compared.size(); b++) {
        Tensor ofAll = tape.temporary(Shape.of(lowest.length));
        memory().upload(lowest, 0, ofAll);
        DeadCode.makePositive(tape, candidates.get(b), ofAll, dead.get(b));
      }
    }
    return candidates;
  }

  /** {@link DeadCode#lowest} of all units. A collective. */
  private float[] lowest(Tape tape, List<Tensor> candidates) {
    float[] lowest = new float[candidates.getFirst().shape().rows()];
    Arrays.fill(lowest, Float.NEGATIVE_INFINITY);
    for (Tensor block : candidates) {
      float[] ofBlock = memory().download(DeadCode.lowest(tape, block));
      for (int n = 0; n < lowest.length; n++) {
        lowest[n] = Math.max(lowest[n], ofBlock[n]);
      }
    }
    return collective().maximum(lowest);
  }

  @Override
  List<Code.Sparse> code(Tape tape, Variable x) {
    Centring centred = centred(tape, x);
    if (threshold.isEmpty()) {
      Selected selected = selected(tape, centred, rule(x.shape().rows()));
      return codes(tape, centred, selected.winners());
    }
    List<Tensor> thresholds =
        thresholds(tape, memory().download(threshold.get().value().value())[0]);
    List<Winners> winners = new ArrayList<>();
    for (int b = 0; b < latents().size(); b++) {
      SelectionRule above = new SelectionRule.Above(thresholds.get(b));
      winners.add(latents().get(b).winners(tape, centred.of(b), above));
    }
    return codes(tape, centred, winners);
  }
}
