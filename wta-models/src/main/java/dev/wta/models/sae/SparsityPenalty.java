package dev.wta.models.sae;

import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.loss.L1;
import dev.wta.models.sae.op.RowWeightedSparsity;
import dev.wta.models.settings.Setting;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The weight of the sparsity term in the loss: it rises over the first steps, without which all
 * latents of a large expansion may die together.
 */
public record SparsityPenalty(
    @Setting(help = "weight of the code's sparsity in the loss", min = 0, max = 1e6)
        double sparsity,
    @Setting(
            help = "steps over which sparsity rises linearly from 0",
            min = 0,
            max = Integer.MAX_VALUE)
        int sparsityWarmup) {

  static final String THRESHOLD_HELP =
      "what an activation has to exceed at first, in standard deviations of the samples times the"
          + " decoder's first row length";

  /**
   * The settings of a sparse autoencoder with this penalty.
   *
   * @param <S> the record
   */
  public interface Within<S extends Record & Within<S>> extends SaeSettings.Within<S> {
    SparsityPenalty penalty();

    /** The weight of the code's sparsity in the loss. */
    default S sparsity(double weight) {
      return with("sparsity", weight);
    }

    /** The steps over which sparsity rises linearly from 0. */
    default S sparsityWarmup(int steps) {
      return with("sparsity-warmup", steps);
    }
  }

  /** This step's weight. */
  public double weight(Tape tape) {
    double risen = tape.step() < sparsityWarmup ? (tape.step() + 1.0) / sparsityWarmup : 1;
    return sparsity * risen;
  }

  /**
   * The code's L1 norm as it enters the loss, activations being weighted by the lengths of their
   * decoder's rows: {@code weight * sum of z_u |D_u| / sqrt(variance)}.
   *
   * @param rows D, {@code (units, outputs)}
   * @param free whether rows have lengths of their own, and not 1
   */
  public Loss norm(Tape tape, Code.Sparse code, Variable rows, boolean free, double variance) {
    Loss norm =
        free ? RowWeightedSparsity.of(tape, code, rows, OptionalDouble.empty()) : L1.of(tape, code);
    return norm.times(weight(tape) / Math.sqrt(variance));
  }

  /** A warning if a training of so many steps ends before the weight has risen; else none. */
  public List<String> notes(long steps) {
    return sparsityWarmup > steps && sparsity > 0
        ? List.of(
            "'sparsity-warmup' is %,d steps, and training has %,d: sparsity reaches %.2g of %s"
                .formatted(sparsityWarmup, steps, sparsity * steps / sparsityWarmup, sparsity))
        : List.of();
  }
}
