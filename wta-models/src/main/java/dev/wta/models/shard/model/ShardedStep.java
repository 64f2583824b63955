package dev.wta.models.shard.model;

import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.loss.ExplainedVariance;
import dev.wta.models.sae.DeadLatents;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One rank's forward pass, between the model and its trainer. */
public final class ShardedStep {
  private static final int COUNTS = 5;

  private final ShardedModel model;
  private final Variable target;
  private final Loss error;
  private final List<Code.Sparse> codes;
  private final long[] nans;
  private Loss whole;
  private List<Loss> ofBlocks = List.of();
  private Optional<Centring> centring = Optional.empty();
  private List<DeadLatents> latents = List.of();

  /**
   * @param target what is reconstructed, {@code (samples, outputs)}
   * @param error the reconstruction's squared error, which is what to minimise unless {@link
   *     #minimising} says otherwise
   * @param codes what this rank's blocks contributed
   * @param nans the NaN among each block's activations
   */
  ShardedStep(
      ShardedModel model, Variable target, Loss error, List<Code.Sparse> codes, long[] nans) {
    this.model = model;
    this.target = target;
    this.error = error;
    this.codes = codes;
    this.nans = nans;
    this.whole = error;
  }

  /**
   * @param whole the part of the loss that is the same on all ranks
   * @param ofBlocks the parts that belong to a block of this rank each; none where blocks have none
   */
  ShardedStep minimising(Loss whole, List<Loss> ofBlocks) {
    this.whole = whole;
    this.ofBlocks = ofBlocks;
    return this;
  }

  /** With what sparse autoencoders have besides. */
  ShardedStep of(Centring centring, List<DeadLatents> latents) {
    this.centring = Optional.of(centring);
    this.latents = latents;
    return this;
  }

  /** The loss that gives this rank's parameters their gradients. */
  public Loss loss() {
    Loss sum = whole;
    for (Loss block : ofBlocks) {
      sum = sum.plus(block);
    }
    return sum;
  }

  /**
   * The measurements of a step, over all ranks.
   *
   * @param loss of the batch
   * @param nans activations that are NaN
   * @param winners of a sample, on average
   * @param metrics what the undivided model logs, too; empty where that was not asked for
   */
  public record Measures(double loss, long nans, double winners, Map<String, Double> metrics) {}

  /**
   * Completes the gradients that {@link Tape#backward} has left, and measures the step. A
   * collective.
   *
   * @param logged whether metrics are wanted, the same on all ranks
   */
  public Measures finish(Tape tape, boolean logged) {
    int inputs = centring.map(Centring::inputs).orElse(0);
    double[][] ofOwn = new double[codes.size()][COUNTS + inputs];
    for (int b = 0; b < ofOwn.length; b++) {
      count(tape, b, logged, ofOwn[b]);
      if (centring.isPresent()) {
        centring.get().addGradient(b, ofOwn[b], COUNTS);
      }
    }
    double[] all = model.collective().sum(ofOwn);
    centring.ifPresent(kept -> kept.learn(all, COUNTS));
    int samples = target.shape().rows();
    Map<String, Double> metrics = new TreeMap<>();
    if (logged) {
      metrics.put("explainedVariance", ExplainedVariance.ofBatch(tape, target, error));
      if (!latents.isEmpty()) {
        metrics.put("l0", all[3] / samples);
        metrics.put("deadShare", all[4] / model.collective().blocks().units());
      }
    }
    return new Measures(whole.value() + all[0], (long) all[1], all[2] / samples, metrics);
  }

  private void count(Tape tape, int b, boolean logged, double[] out) {
    Winners winners = codes.get(b).winners();
    out[0] = ofBlocks.isEmpty() ? 0 : ofBlocks.get(b).value();
    out[1] = nans[b];
    out[2] = winners.count();
    if (logged && !latents.isEmpty()) {
      out[3] = codes.get(b).active(tape);
      out[4] = tape.backend().dense().sum(latents.get(b).marks(tape));
    }
  }
}
