package dev.wta.models.shard.model;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples less the model's centre, {@code x - c}, once for each block: the gradient of c by a
 * block's encoder is that block's share, and shares are summed over all ranks' blocks after the
 * backward pass.
 */
final class Centring {
  private final Tape tape;
  private final Parameter centre;
  private final List<Variable> ofBlocks = new ArrayList<>();
  private final Tensor[] gradients;

  /**
   * @param centre c, {@code (inputs)}, the same on all ranks
   * @param blocks of this rank
   */
  Centring(Tape tape, Variable x, Parameter centre, int blocks) {
    this.tape = tape;
    this.centre = centre;
    gradients = new Tensor[blocks];
    Dense dense = tape.backend().dense();
    Tensor centred = tape.temporary(x.shape());
    dense.zipRow(Dense.Binary.SUBTRACT, x.value(), centre.value(), centred);
    for (int b = 0; b < blocks; b++) {
      int block = b;
      ofBlocks.add(
          tape.computed(
              centred,
              gradient -> {
                Tensor sums = tape.temporary(centre.value().shape());
                dense.reduceColumns(Dense.Reduction.SUM, gradient, sums);
                dense.affine(-1, sums, 0, sums);
                gradients[block] = sums;
              },
              tape.parameter(centre)));
    }
  }

  /** {@code x - c (samples, inputs)} as a block of this rank sees it. */
  Variable of(int block) {
    return ofBlocks.get(block);
  }

  int inputs() {
    return Math.toIntExact(centre.value().size());
  }

  /** Adds a block's share of c's gradient, after the backward pass, to some numbers. */
  void addGradient(int block, double[] to, int offset) {
    if (gradients[block] != null) {
      float[] share = tape.backend().memory().download(gradients[block]);
      for (int j = 0; j < share.length; j++) {
        to[offset + j] += share[j];
      }
    }
  }

  /** Adds the shares of all blocks to c's gradient on the tape. */
  void learn(double[] sums, int offset) {
    float[] rounded = new float[inputs()];
    for (int j = 0; j < rounded.length; j++) {
      rounded[j] = (float) sums[offset + j];
    }
    Tensor gradient = tape.temporary(centre.value().shape());
    tape.backend().memory().upload(rounded, 0, gradient);
    tape.parameter(centre).addGradient(gradient);
  }
}
