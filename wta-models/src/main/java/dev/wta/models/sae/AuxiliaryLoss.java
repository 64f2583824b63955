package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.op.DeadCode;
import dev.wta.models.settings.Setting;

/**
 * The loss that revives dead latents (Gao et al. 2024, AuxK): the largest activations among them
 * reconstruct the error that the winners leave.
 *
 * <pre>{@code
 * e = x - y, held fixed;  e' = (the k-aux largest of the dead latents' W (x - c) + b) D
 * loss = aux-weight * aux-scale * |e - e'|^2
 * }</pre>
 *
 * <p>Losers are not stored. From the step after the first latent died, the dead ones are encoded by
 * themselves, see {@link DeadCode}.
 *
 * <p>A part of a model and of its settings: {@link #step} is the model's training step.
 */
public record AuxiliaryLoss(
    @Setting(
            help =
                "dead latents that reconstruct each sample's residual; 0: half as many as inputs",
            min = 0,
            max = 1 << 20)
        int kAux,
    @Setting(help = "weight of the loss that revives dead latents; 0: none", min = 0, max = 1e6)
        double auxWeight,
    @Setting(help = "whether dead latents may have negative activations in that loss")
        boolean auxSigned,
    @Setting(
            help =
                "scale of that loss: reconstruction, as the reconstruction's error; dead, the same"
                    + " times min(dead / k-aux, 1); residual, 1 / variance of the residual")
        Scale auxScale,
    @Setting(help = DEAD_COUNTED_HELP) DeadCounted deadCounted) {
  public static final AuxiliaryLoss DEFAULTS =
      new AuxiliaryLoss(0, 1, true, Scale.DEAD, DeadCounted.AFTER);
  static final String DEAD_COUNTED_HELP =
      "whether latents are counted as dead before or after the activity of the current batch is"
          + " taken into account";

  /** What the auxiliary loss is multiplied by. */
  public enum Scale {
    /** What the reconstruction's error is. */
    RECONSTRUCTION,
    /** The same, times {@code min(dead / k, 1)}. */
    DEAD,
    /** One over the variance of the error that is to be reconstructed. */
    RESIDUAL
  }

  /** Whether a batch's own activity is counted before or after its dead latents are found. */
  public enum DeadCounted {
    BEFORE,
    AFTER
  }

  /**
   * The settings of a sparse autoencoder with this loss.
   *
   * @param <S> the record
   */
  public interface Within<S extends Record & Within<S>> extends SaeSettings.Within<S> {
    AuxiliaryLoss auxiliary();

    /** The dead latents that reconstruct a sample's error; 0 for half its inputs. */
    default S kAux(int latents) {
      return with("k-aux", latents);
    }

    default S auxWeight(double weight) {
      return with("aux-weight", weight);
    }

    default S auxSigned(boolean signed) {
      return with("aux-signed", signed);
    }

    default S auxScale(Scale scale) {
      return with("aux-scale", scale);
    }

    default S deadCounted(DeadCounted counted) {
      return with("dead-counted", counted);
    }
  }

  /** Reconstructs a batch from its winners. */
  @FunctionalInterface
  public interface Decoding {
    /**
     * @param centred {@code x - c}, or x of a transcoder
     * @param winners by what latents compete by
     */
    Reconstruction of(Tape tape, SaeBatch batch, Variable centred, Winners winners);
  }

  /**
   * As {@link #step(SparseAutoencoder, Tape, SaeBatch, SelectionRule, Decoding)} with the winners'
   * plain decoding.
   */
  public StepOutput step(SparseAutoencoder sae, Tape tape, SaeBatch batch, SelectionRule rule) {
    return step(sae, tape, batch, rule, sae::reconstruction);
  }

  /**
   * A training step: the winners' reconstruction, with this loss once latents are dead.
   *
   * @param rule which activations of the batch win
   * @param decoding makes the reconstruction
   */
  public StepOutput step(
      SparseAutoencoder sae, Tape tape, SaeBatch batch, SelectionRule rule, Decoding decoding) {
    LatentCompetition competition = sae.competition();
    Variable x = batch.x();
    Variable wanted = batch.decoded();
    Variable centred = sae.centred(tape, x);
    int[] deadBefore = auxWeight == 0 ? new int[0] : sae.deadLatents().units(tape);
    if (deadBefore.length == 0) {
      Winners winners = competition.winners(tape, centred, rule);
      return sae.measured(tape, batch, decoding.of(tape, batch, centred, winners));
    }
    Winners winners = competition.winners(tape, centred, rule);
    Reconstruction reconstruction = decoding.of(tape, batch, centred, winners);
    StepOutput output = sae.measured(tape, batch, reconstruction);
    int[] dead = deadCounted == DeadCounted.BEFORE ? deadBefore : sae.deadLatents().units(tape);
    int k = latents(x.shape().rowSize());
    Code.Sparse chosen = competition.ofDead(tape, centred, dead, k, auxSigned);
    Tensor residual = tape.temporary(wanted.shape());
    Dense dense = tape.backend().dense();
    dense.zip(Dense.Binary.SUBTRACT, wanted.value(), reconstruction.output().value(), residual);
    double factor = factor(tape, residual, (double) dead.length / k, sae.variance());
    Loss revival =
        SquaredError.of(
                tape, Layers.decode(tape, chosen, sae.decoder(tape)), tape.constant(residual))
            .times(factor);
    return new StepOutput(output.loss().plus(revival), output.winners(), output.metrics());
  }

  /** How many dead latents of a sample take part. */
  public int latents(int inputs) {
    return kAux == 0 ? Math.max(1, inputs / 2) : kAux;
  }

  /**
   * What {@code |e - e'|^2} is multiplied by.
   *
   * @param residual {@code e (samples, inputs)}
   * @param dead how many latents are dead, for each of those that take part
   * @param variance what the reconstruction's error is divided by
   */
  public double factor(Tape tape, Tensor residual, double dead, double variance) {
    return auxWeight
        * switch (auxScale) {
          case RECONSTRUCTION -> 1 / variance;
          case DEAD -> Math.min(dead, 1) / variance;
          case RESIDUAL -> overVariance(tape, residual);
        };
  }

  /** One over {@code mean |e - mean of e|^2}; 0 where nothing is left to reconstruct. */
  private static double overVariance(Tape tape, Tensor residual) {
    Dense dense = tape.backend().dense();
    int samples = residual.shape().rows();
    Tensor sums = tape.temporary(Shape.of(residual.shape().rowSize()));
    dense.reduceColumns(Dense.Reduction.SUM, residual, sums);
    double squares = dense.dot(residual, residual) - dense.dot(sums, sums) / samples;
    return squares > 0 ? samples / squares : 0;
  }
}
