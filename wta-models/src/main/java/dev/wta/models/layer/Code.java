package dev.wta.models.layer;

import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** An encoder's output after the competition: winners, or, where there was none, all of it. */
public sealed interface Code {

  /**
   * The activations that are not 0, of all samples together: their L0 times their number. Waits for
   * the device.
   */
  double active(Tape tape);

  /**
   * The winners alone. Their gradient exists at the winners alone, so nothing flows through the
   * losers.
   *
   * @param winners where they are in a code {@code (samples, units[, height, width])}
   * @param coefficients {@code (capacity)}: their values and the gradient with respect to them.
   *     Slots past the last winner hold anything: only operations that walk {@code winners} may
   *     read them
   */
  record Sparse(Winners winners, Variable coefficients) implements Code {
    @Override
    public double active(Tape tape) {
      Tensor sums = tape.temporary(Shape.of(winners.units()));
      tape.backend().sparse().unitSums(winners, nonzero(tape, coefficients.value()), sums);
      return tape.backend().dense().sum(sums);
    }
  }

  /**
   * Every activation.
   *
   * @param activations {@code (samples, units[, height, width])}
   */
  record Dense(Variable activations) implements Code {
    @Override
    public double active(Tape tape) {
      return tape.backend().dense().sum(nonzero(tape, activations.value()));
    }
  }

  /** 1 where a number is not 0, else 0. */
  private static Tensor nonzero(Tape tape, Tensor values) {
    Tensor marks = tape.temporary(values.shape());
    tape.backend().dense().map(Unary.ABS, values, marks);
    tape.backend().dense().map(Unary.STEP, marks, marks);
    return marks;
  }
}
