package dev.wta.models.sae;

import dev.wta.api.Dense;
import dev.wta.api.IntSize;
import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.Sparse;
import dev.wta.api.Tensor;
import dev.wta.models.tape.Code;
import dev.wta.models.tape.Loss;
import dev.wta.models.tape.Operation;
import dev.wta.models.tape.Tape;
import dev.wta.models.tape.Variable;

/**
 * A rectifier that jumps, {@code f = u} where {@code u > theta}, else 0, and the number of
 * activations that it lets through. Neither has a gradient that tells a threshold anything; in its
 * place stands that of the expected loss, estimated by a kernel K, the rectangle of width and area
 * 1 (Rajamanoharan et al. 2024):
 *
 * <pre>{@code
 * df/du = 1[u > theta];  df/dtheta = -(theta / bandwidth) K((u - theta) / bandwidth)
 * d|f|_0/dtheta = -(1 / bandwidth) K((u - theta) / bandwidth)
 * }</pre>
 *
 * <p>So what lies up to half a bandwidth below its threshold counts, too: the candidates are what
 * exceeds {@code theta - bandwidth / 2} and is positive. Thresholds are given by their logarithms
 * and stay positive.
 *
 * @param candidates activations u
 * @param logThresholds {@code (units)}
 * @param thresholds {@code (units)}
 * @param above 1 at candidates above their thresholds, else 0, {@code (capacity)}
 * @param near 1 at candidates within the kernel, else 0, {@code (capacity)}
 * @param output the candidates' f, {@code (capacity)}
 */
record JumpRelu(
    Code.Sparse candidates,
    Variable logThresholds,
    float bandwidth,
    Tensor thresholds,
    Tensor above,
    Tensor near,
    Variable output)
    implements Operation {

  /** {@code theta}, {@code (units)}. */
  static Tensor thresholds(Tape tape, Variable logThresholds) {
    Tensor thresholds = tape.temporary(logThresholds.shape());
    tape.backend().dense().map(Dense.Unary.EXP, logThresholds.value(), thresholds);
    return thresholds;
  }

  /** What is a candidate. */
  static Rule candidates(Tape tape, Variable logThresholds, float bandwidth) {
    Tensor lower = thresholds(tape, logThresholds);
    tape.backend().dense().affine(1, lower, -bandwidth / 2, lower);
    return new Rule.Above(lower);
  }

  static JumpRelu run(Tape tape, Code.Sparse candidates, Variable logThresholds, float bandwidth) {
    Dense dense = tape.backend().dense();
    Tensor values = candidates.coefficients().value();
    Tensor thresholds = thresholds(tape, logThresholds);
    Tensor excess = AlongWinners.of(tape, candidates.winners(), thresholds);
    dense.zip(Dense.Binary.SUBTRACT, values, excess, excess);
    Tensor above = tape.temporary(values.shape());
    Tensor near = tape.temporary(values.shape());
    Tensor out = tape.temporary(values.shape());
    dense.map(Dense.Unary.STEP, excess, above);
    dense.map(Dense.Unary.ABS, excess, near);
    dense.affine(-1, near, bandwidth / 2, near);
    dense.map(Dense.Unary.STEP, near, near);
    dense.zip(Dense.Binary.MULTIPLY, values, above, out);
    Variable output = tape.result(out, candidates.coefficients(), logThresholds);
    JumpRelu run =
        new JumpRelu(candidates, logThresholds, bandwidth, thresholds, above, near, output);
    tape.record(run);
    return run;
  }

  /** f, with zeros at candidates that are no winners. */
  Code.Sparse code() {
    return new Code.Sparse(candidates.winners(), output);
  }

  /** {@code |f|_0}, averaged over the samples. */
  Loss l0(Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor sums = tape.temporary(thresholds.shape());
    Tensor value = tape.temporary(Shape.of(1));
    tape.backend().sparse().unitSums(candidates.winners(), above, sums);
    dense.reduceRows(
        Dense.Reduction.SUM,
        sums.reshape(Shape.of(1, IntSize.of(sums.size(), "activations of shape", sums.shape()))),
        value);
    return Loss.of(tape.backend(), new L0(this, value), 1.0 / candidates.winners().samples());
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    if (candidates.coefficients().needsGradient()) {
      Tensor gradient = tape.temporary(outputGradient.shape());
      dense.zip(Dense.Binary.MULTIPLY, outputGradient, above, gradient);
      candidates.coefficients().addGradient(gradient);
    }
    Tensor nearby = tape.temporary(outputGradient.shape());
    dense.zip(Dense.Binary.MULTIPLY, outputGradient, near, nearby);
    Tensor gradient = sums(tape, nearby);
    dense.zip(Dense.Binary.MULTIPLY, gradient, thresholds, gradient);
    dense.affine(-1 / bandwidth, gradient, 0, gradient);
    addThresholdGradient(tape, gradient);
  }

  private Tensor sums(Tape tape, Tensor coefficients) {
    Sparse sparse = tape.backend().sparse();
    Tensor sums = tape.temporary(thresholds.shape());
    sparse.unitSums(candidates.winners(), coefficients, sums);
    return sums;
  }

  /** Adds a gradient with respect to the thresholds; overwrites it. */
  private void addThresholdGradient(Tape tape, Tensor gradient) {
    tape.backend().dense().zip(Dense.Binary.MULTIPLY, gradient, thresholds, gradient);
    logThresholds.addGradient(gradient);
  }

  /**
   * The number of activations above their thresholds.
   *
   * @param value a single number
   */
  private record L0(JumpRelu jump, Tensor value) implements Loss.Term {
    @Override
    public void backward(float weight, Tape tape) {
      Tensor gradient = jump.sums(tape, jump.near);
      tape.backend().dense().affine(-weight / jump.bandwidth, gradient, 0, gradient);
      jump.addThresholdGradient(tape, gradient);
    }
  }
}
