package dev.wta.models.sae.op;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Sparse;
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
 * <p>So what lies up to half a bandwidth below its threshold counts, too: these are the candidates.
 * Where the estimate {@code toEncoder} goes to {@code u} as well, it does so with the opposite
 * sign, since the jump depends on {@code u - theta} alone (Anthropic 2025).
 *
 * @param candidates activations u, of either sign
 * @param thresholds theta, {@code (units)}, none negative
 * @param above 1 at candidates above their thresholds, else 0, {@code (capacity)}
 * @param near 1 at candidates within the kernel, else 0, {@code (capacity)}
 * @param output the candidates' f, {@code (capacity)}
 */
public record JumpRelu(
    Code.Sparse candidates,
    Variable thresholds,
    float bandwidth,
    boolean toEncoder,
    Tensor above,
    Tensor near,
    Variable output)
    implements Operation {

  /**
   * The jump of {@code W x + b}.
   *
   * @param x {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   */
  public static JumpRelu run(
      Tape tape,
      Variable x,
      Variable weights,
      Variable bias,
      Variable thresholds,
      float bandwidth,
      boolean toEncoder) {
    Backend backend = tape.backend();
    Dense dense = backend.dense();
    // What wins is positive: so candidates are selected by what they exceed the kernel's end by.
    Tensor shifted = tape.temporary(bias.shape());
    dense.zip(Dense.Binary.SUBTRACT, bias.value(), thresholds.value(), shifted);
    dense.affine(1, shifted, bandwidth / 2, shifted);
    Tensor zeros = tape.temporary(bias.shape());
    backend.memory().fill(zeros, 0);
    Winners winners =
        tape.winners(x.value(), weights.value(), shifted, new SelectionRule.Above(zeros));
    Tensor excess = tape.temporary(winners.values().shape());
    Tensor values = tape.temporary(excess.shape());
    dense.affine(1, winners.values(), -bandwidth / 2, excess);
    dense.zip(Dense.Binary.ADD, excess, PerWinner.of(tape, winners, thresholds.value()), values);
    Code.Sparse candidates = Layers.encoded(tape, winners, values, x, weights, bias);
    Tensor above = tape.temporary(values.shape());
    Tensor near = tape.temporary(values.shape());
    Tensor out = tape.temporary(values.shape());
    dense.map(Dense.Unary.STEP, excess, above);
    dense.map(Dense.Unary.ABS, excess, near);
    dense.affine(-1, near, bandwidth / 2, near);
    dense.map(Dense.Unary.STEP, near, near);
    dense.zip(Dense.Binary.MULTIPLY, values, above, out);
    Variable output = tape.result(out, candidates.coefficients(), thresholds);
    JumpRelu run = new JumpRelu(candidates, thresholds, bandwidth, toEncoder, above, near, output);
    tape.record(run);
    return run;
  }

  /** f, with zeros at candidates that are no winners. */
  public Code.Sparse code() {
    return new Code.Sparse(candidates.winners(), output);
  }

  /** {@code |f|_0} of each sample, {@code (samples, 1)}. */
  public Variable counts(Tape tape) {
    Winners winners = candidates.winners();
    Tensor out = tape.temporary(Shape.of(winners.samples(), 1));
    tape.backend()
        .sparse()
        .decode(
            winners, above, ones(tape, winners.units()), Optional.empty(), Optional.empty(), out);
    Variable counts = tape.result(out, candidates.coefficients(), thresholds);
    tape.record(new Counts(this, counts));
    return counts;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    // The estimate's theta, for each candidate.
    Tensor jump = PerWinner.of(tape, candidates.winners(), thresholds.value());
    dense.zip(Dense.Binary.MULTIPLY, jump, outputGradient, jump);
    Tensor estimate = addEstimate(tape, jump);
    if (candidates.coefficients().needsGradient()) {
      Tensor gradient = tape.temporary(outputGradient.shape());
      dense.zip(Dense.Binary.MULTIPLY, outputGradient, above, gradient);
      if (toEncoder) {
        dense.axpy(1, estimate, gradient);
      }
      candidates.coefficients().addGradient(gradient);
    }
  }

  /**
   * Adds the straight-through gradient of the thresholds.
   *
   * @param jump a candidate's gradient times how far its output jumps, {@code (capacity)}
   * @return {@code jump K / bandwidth}: the same with respect to u
   */
  private Tensor addEstimate(Tape tape, Tensor jump) {
    Dense dense = tape.backend().dense();
    Tensor estimate = tape.temporary(jump.shape());
    dense.zip(Dense.Binary.MULTIPLY, jump, near, estimate);
    dense.affine(1 / bandwidth, estimate, 0, estimate);
    if (thresholds.needsGradient()) {
      Sparse sparse = tape.backend().sparse();
      Tensor sums = tape.temporary(thresholds.shape());
      sparse.unitSums(candidates.winners(), estimate, sums);
      dense.affine(-1, sums, 0, sums);
      thresholds.addGradient(sums);
    }
    return estimate;
  }

  private static Tensor ones(Tape tape, int units) {
    Tensor ones = tape.temporary(Shape.of(units, 1));
    tape.backend().memory().fill(ones, 1);
    return ones;
  }

  /**
   * The number of each sample's activations above their thresholds.
   *
   * @param output {@code (samples, 1)}
   */
  private record Counts(JumpRelu jump, Variable output) implements Operation {
    @Override
    public void backward(Tensor outputGradient, Tape tape) {
      Winners winners = jump.candidates.winners();
      Tensor along = tape.temporary(jump.near.shape());
      tape.backend()
          .sparse()
          .codeGradient(
              winners, outputGradient, ones(tape, winners.units()), Optional.empty(), along);
      Tensor estimate = jump.addEstimate(tape, along);
      if (jump.toEncoder && jump.candidates.coefficients().needsGradient()) {
        jump.candidates.coefficients().addGradient(estimate);
      }
    }
  }
}
