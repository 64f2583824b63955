package dev.wta.models.shard.model;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Samples less the model's centre, {@code x - c}, once for each block: the gradient of c by a
 * block's encoder is that block's share, and shares are summed over all ranks' blocks after the
 * backward pass. A transcoder encodes samples as they are, and has no share of a gradient.
 */
final class Centring {
  private final Tape tape;
  private final Optional<Parameter> centre;
  private final List<Variable> ofBlocks;
  private final Tensor[] gradients;

  /**
   * @param centre c, {@code (inputs)}, the same on all ranks; empty for a transcoder
   * @param blocks of this rank
   */
  Centring(Tape tape, Variable x, Optional<Parameter> centre, int blocks) {
    this.tape = tape;
    this.centre = centre;
    gradients = new Tensor[blocks];
    ofBlocks = centre.map(c -> centred(x, c)).orElseGet(() -> Collections.nCopies(blocks, x));
  }

  private List<Variable> centred(Variable x, Parameter c) {
    Dense dense = tape.backend().dense();
    Tensor centred = tape.temporary(x.shape());
    dense.zipRow(Dense.Binary.SUBTRACT, x.value(), c.value(), centred);
    List<Variable> blocks = new ArrayList<>();
    for (int b = 0; b < gradients.length; b++) {
      int block = b;
      blocks.add(
          tape.computed(
              centred,
              gradient -> {
                Tensor sums = tape.temporary(c.value().shape());
                dense.reduceColumns(Dense.Reduction.SUM, gradient, sums);
                dense.affine(-1, sums, 0, sums);
                gradients[block] = sums;
              },
              tape.parameter(c)));
    }
    return blocks;
  }

  /** {@code x - c (samples, inputs)} as a block of this rank sees it. */
  Variable of(int block) {
    return ofBlocks.get(block);
  }

  /** The numbers of c's gradient; 0 for a transcoder. */
  int inputs() {
    return centre.map(c -> c.value().shape().rows()).orElse(0);
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
    centre.ifPresent(c -> learn(c, sums, offset));
  }

  private void learn(Parameter c, double[] sums, int offset) {
    float[] rounded = new float[inputs()];
    for (int j = 0; j < rounded.length; j++) {
      rounded[j] = (float) sums[offset + j];
    }
    Tensor gradient = tape.temporary(c.value().shape());
    tape.backend().memory().upload(rounded, 0, gradient);
    tape.parameter(c).addGradient(gradient);
  }
}
