package dev.wta.models.sae.op;

import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import java.util.Optional;

/**
 * A rectifier that jumps, {@code f = u} where {@code u > theta}, else 0, and the number of
 * activations that it lets through. Neither has a useful gradient with respect to the threshold; it
 * is replaced by that of the expected loss, estimated by a kernel K, the rectangle of width and
 * area 1 (Rajamanoharan et al. 2024):
 *
 * <pre>{@code
 * df/du = 1[u > theta];  df/dtheta = -(theta / bandwidth) K((u - theta) / bandwidth)
 * d|f|_0/dtheta = -(1 / bandwidth) K((u - theta) / bandwidth)
 * }</pre>
 *
 * <p>So thresholds learn from what lies up to half a bandwidth below them, too, though f is 0
 * there. Such activations may be many times those that are active; they are held apart, so that
 * nothing is decoded for them and they add nothing to the weights' gradients. Where the estimate
 * {@code toEncoder} goes to {@code u} as well, it does so with the opposite sign, since the jump
 * depends on {@code u - theta} alone (Anthropic 2025).
 */
public final class JumpRelu {
  private final Part active;
  private final Part below;

  private JumpRelu(Part active, Part below) {
    this.active = active;
    this.below = below;
  }

  /**
   * The jump of {@code W x + b}.
   *
   * @param x {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   * @param thresholds theta, {@code (units)}, none negative
   * @param toEncoder whether the estimate goes to {@code u}, too
   */
  public static JumpRelu run(
      Tape tape,
      Variable x,
      Variable weights,
      Variable bias,
      Variable thresholds,
      float bandwidth,
      boolean toEncoder) {
    Encoder encoder = new Encoder(tape, x, weights, bias, thresholds, bandwidth, toEncoder);
    Winners candidates = encoder.candidates();
    Dense dense = tape.backend().dense();
    Tensor excess = tape.temporary(candidates.values().shape()); // u - theta
    dense.affine(1, candidates.values(), -bandwidth / 2, excess);
    Tensor isBelow = tape.temporary(excess.shape());
    dense.map(Dense.Unary.STEP, excess, isBelow);
    dense.affine(-1, isBelow, 1, isBelow);
    return new JumpRelu(
        encoder.active(tape.positive(candidates, excess)),
        encoder.below(tape.positive(candidates, isBelow)));
  }

  /** The operands of {@link #run}. */
  private record Encoder(
      Tape tape,
      Variable x,
      Variable weights,
      Variable bias,
      Variable thresholds,
      float bandwidth,
      boolean toEncoder) {

    /**
     * The activations above the kernel's end. What wins is positive, so they are selected by what
     * they exceed it by, {@code u - theta + bandwidth / 2}.
     */
    Winners candidates() {
      Dense dense = tape.backend().dense();
      Tensor shifted = tape.temporary(bias.shape());
      dense.zip(Dense.Binary.SUBTRACT, bias.value(), thresholds.value(), shifted);
      dense.affine(1, shifted, bandwidth / 2, shifted);
      Tensor zeros = filled(bias.shape(), 0);
      return tape.winners(x.value(), weights.value(), shifted, new SelectionRule.Above(zeros));
    }

    /**
     * The activations above their thresholds.
     *
     * @param winners by {@code u - theta}
     */
    Part active(Winners winners) {
      Dense dense = tape.backend().dense();
      Tensor u = tape.temporary(winners.values().shape());
      Tensor theta = PerWinner.of(tape, winners, thresholds.value());
      dense.zip(Dense.Binary.ADD, winners.values(), theta, u);
      Tensor kernel = tape.temporary(u.shape());
      dense.affine(-1, winners.values(), bandwidth / 2, kernel);
      dense.map(Dense.Unary.STEP, kernel, kernel);
      dense.affine(1 / bandwidth, kernel, 0, kernel);
      return part(winners, u, kernel, true);
    }

    /** The activations below, all of them within the kernel. */
    Part below(Winners winners) {
      Shape slots = winners.values().shape();
      return part(winners, filled(slots, 0), filled(slots, 1 / bandwidth), false);
    }

    private Part part(Winners winners, Tensor values, Tensor kernel, boolean open) {
      Code.Sparse activations = Layers.encoded(tape, winners, values, x, weights, bias);
      Variable output = tape.result(values, activations.coefficients(), thresholds);
      Part part = new Part(activations, thresholds, kernel, toEncoder, open, output);
      tape.record(part);
      return part;
    }

    private Tensor filled(Shape shape, float value) {
      Tensor tensor = tape.temporary(shape);
      tape.backend().memory().fill(tensor, value);
      return tensor;
    }
  }

  /** f where it is not 0. */
  public Code.Sparse code() {
    return active.code();
  }

  /** f within the kernel below the thresholds: zeros, whose gradient thresholds learn from. */
  public Code.Sparse below() {
    return below.code();
  }

  /**
   * A reconstruction from {@link #code}, whose gradient is known to what is {@link #below}, too.
   *
   * @param reconstruction {@code (samples, outputs)}
   * @param decoder {@code (units, outputs)}
   */
  public Variable reconstructed(Tape tape, Variable reconstruction, Variable decoder) {
    Variable zeros = below.output();
    return tape.computed(
        reconstruction.value(),
        gradient -> {
          if (reconstruction.needsGradient()) {
            reconstruction.addGradient(gradient);
          }
          if (zeros.needsGradient()) {
            Tensor along = tape.temporary(zeros.shape());
            tape.backend()
                .sparse()
                .codeGradient(below.winners(), gradient, decoder.value(), Optional.empty(), along);
            zeros.addGradient(along);
          }
        },
        reconstruction,
        zeros);
  }

  /** {@code |f|_0} of each sample, {@code (samples, 1)}. */
  public Variable counts(Tape tape) {
    Winners winners = active.winners();
    Tensor each = tape.temporary(winners.values().shape());
    tape.backend().memory().fill(each, 1);
    Tensor out = tape.temporary(Shape.of(winners.samples(), 1));
    Tensor ones = ones(tape, winners.units());
    tape.backend().sparse().decode(winners, each, ones, Optional.empty(), Optional.empty(), out);
    return tape.computed(
        out,
        gradient -> {
          active.count(gradient, tape);
          below.count(gradient, tape);
        },
        active.output(),
        below.output());
  }

  private static Tensor ones(Tape tape, int units) {
    Tensor ones = tape.temporary(Shape.of(units, 1));
    tape.backend().memory().fill(ones, 1);
    return ones;
  }

  /**
   * Activations on one side of their thresholds.
   *
   * @param activations u, or zeros on the side below, where only their gradient is used
   * @param kernel {@code K / bandwidth} of each, {@code (capacity)}
   * @param open whether u passes, on the side above
   * @param output f
   */
  private record Part(
      Code.Sparse activations,
      Variable thresholds,
      Tensor kernel,
      boolean toEncoder,
      boolean open,
      Variable output)
      implements Operation {

    Winners winners() {
      return activations.winners();
    }

    Code.Sparse code() {
      return new Code.Sparse(winners(), output);
    }

    @Override
    public void backward(Tensor outputGradient, Tape tape) {
      Tensor jump = PerWinner.of(tape, winners(), thresholds.value());
      tape.backend().dense().zip(Dense.Binary.MULTIPLY, jump, outputGradient, jump);
      addEstimate(jump, tape);
      if (open && activations.coefficients().needsGradient()) {
        activations.coefficients().addGradient(outputGradient);
      }
    }

    /**
     * Adds the gradient of {@link #counts}.
     *
     * @param gradient with respect to the counts, {@code (samples, 1)}
     */
    void count(Tensor gradient, Tape tape) {
      Tensor along = tape.temporary(kernel.shape());
      Tensor ones = ones(tape, winners().units());
      tape.backend().sparse().codeGradient(winners(), gradient, ones, Optional.empty(), along);
      addEstimate(along, tape);
    }

    /**
     * Adds the straight-through gradient.
     *
     * @param jump an activation's gradient times how far its output jumps, {@code (capacity)};
     *     overwritten
     */
    private void addEstimate(Tensor jump, Tape tape) {
      Dense dense = tape.backend().dense();
      dense.zip(Dense.Binary.MULTIPLY, jump, kernel, jump);
      if (thresholds.needsGradient()) {
        Tensor sums = tape.temporary(thresholds.shape());
        tape.backend().sparse().unitSums(winners(), jump, sums);
        dense.affine(-1, sums, 0, sums);
        thresholds.addGradient(sums);
      }
      if (toEncoder && activations.coefficients().needsGradient()) {
        activations.coefficients().addGradient(jump);
      }
    }
  }
}
