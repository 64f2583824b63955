package dev.wta.models.optimizer;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Gradient;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gradients clipped to a largest norm of all of them together: a step that would go far in one
 * direction keeps its direction. What a parameter's rows do not follow, see {@link
 * Parameter.RowBound#tangent}, does not count. Writes gradients out that were in factors, and waits
 * for the device.
 */
final class ClippedGradients {
  /** So that no gradients at all are no division by 0. */
  private static final double FLOOR = 1e-6;

  private ClippedGradients() {}

  /**
   * The gradients of parameters on the tape, {@code g min(1, limit / |all g|)}.
   *
   * @param norm what {@code |all g|^2} is
   * @return in the parameters' order; empty where the loss does not depend on one
   */
  static List<Optional<Gradient>> of(
      Tape tape, List<Parameter> parameters, double limit, SquaredNorm norm) {
    Dense dense = tape.backend().dense();
    List<Optional<Tensor>> written = new ArrayList<>();
    double[] squares = new double[parameters.size()];
    for (Parameter parameter : parameters) {
      Optional<Tensor> gradient = tape.gradient(parameter).map(one -> write(tape, one, parameter));
      if (gradient.isPresent()) {
        squares[written.size()] = dense.dot(gradient.get(), gradient.get());
      }
      written.add(gradient);
    }
    double factor = limit / (Math.sqrt(norm.of(squares)) + FLOOR);
    List<Optional<Gradient>> clipped = new ArrayList<>();
    for (Optional<Tensor> gradient : written) {
      if (gradient.isPresent() && factor < 1) {
        dense.affine((float) factor, gradient.get(), 0, gradient.get());
      }
      clipped.add(gradient.map(Gradient::dense));
    }
    return clipped;
  }

  /** A copy of the gradient, of which only the part that the parameter follows. */
  private static Tensor write(Tape tape, Gradient gradient, Parameter parameter) {
    Tensor out = tape.temporary(parameter.value().shape());
    switch (gradient) {
      case Gradient.Dense given ->
          tape.backend().memory().copy(given.values().reshape(out.shape()), out);
      case Gradient.Factored factored -> tape.backend().sparse().materialise(factored, 0, out);
    }
    if (parameter.rowBound().filter(Parameter.RowBound::tangent).isPresent()) {
      takeOutParallel(tape, out, parameter.value());
    }
    return out;
  }

  /** {@code g - (g . p / p . p) p} for each row. */
  private static void takeOutParallel(Tape tape, Tensor gradient, Tensor rows) {
    Dense dense = tape.backend().dense();
    Tensor products = tape.temporary(rows.shape());
    Tensor along = tape.temporary(Shape.of(rows.shape().rows()));
    Tensor squares = tape.temporary(along.shape());
    dense.zip(Dense.Binary.MULTIPLY, gradient, rows, products);
    dense.reduceRows(Dense.Reduction.SUM, products, along);
    dense.reduceRows(Dense.Reduction.SUM_OF_SQUARES, rows, squares);
    dense.affine(1, squares, Float.MIN_NORMAL, squares); // a row of zeros has nothing to take out
    dense.zip(Dense.Binary.DIVIDE, along, squares, along);
    dense.zipColumn(Dense.Binary.MULTIPLY, rows, along, products);
    dense.zip(Dense.Binary.SUBTRACT, gradient, products, gradient);
  }
}
