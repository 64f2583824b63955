package dev.wta.models.optimizer;

/** The squared norm of all gradients of a step, as one vector. */
@FunctionalInterface
public interface SquaredNorm {
  /** Of parameters that are all the model has: their sum, in their order. */
  SquaredNorm SUM =
      squares -> {
        double sum = 0;
        for (double square : squares) {
          sum += square;
        }
        return sum;
      };

  /**
   * The square of the whole length.
   *
   * @param squares of the length of each learnt parameter's gradient, in the parameters' order; 0
   *     where the loss does not depend on it
   */
  double of(double[] squares);
}
