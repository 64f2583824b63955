package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * Sets a random share of the elements to 0, each on its own: {@code out = factor * mask * x} with
 * {@code mask} 1 with probability {@code 1 - share}. What is sampled depends on the tape's seed,
 * its step and the use's name alone, so that a resumed run samples the same.
 *
 * @param mask of 0 and 1, of {@code x}'s shape
 */
public record Dropout(Variable x, Tensor mask, float factor, Variable output) implements Operation {

  /**
   * Masking noise (Vincent et al. 2010): the others keep their size.
   *
   * @param share in [0, 1): the probability of 0
   * @param use a name that nothing else in the step samples by, see {@link Tape#stream}
   */
  public static Variable masking(Tape tape, Variable x, double share, String use) {
    return run(tape, x, share, 1, use);
  }

  /**
   * Dropout (Srivastava et al. 2014): the others grow by {@code 1 / (1 - share)}, so that the mean
   * stays and nothing has to change when the dropout is off.
   *
   * @param share in [0, 1): the probability of 0
   * @param use a name that nothing else in the step samples by, see {@link Tape#stream}
   */
  public static Variable scaled(Tape tape, Variable x, double share, String use) {
    return run(tape, x, share, 1 / (1 - share), use);
  }

  private static Variable run(Tape tape, Variable x, double share, double factor, String use) {
    if (share == 0) {
      return x;
    }
    Tensor mask = tape.temporary(x.shape());
    tape.backend().memory().fill(mask, (float) (1 - share));
    tape.backend().randomness().bernoulli(tape.stream(use), mask, mask);
    Variable output = tape.result(masked(tape, x.value(), mask, (float) factor), x);
    tape.record(new Dropout(x, mask, (float) factor, output));
    return output;
  }

  private static Tensor masked(Tape tape, Tensor x, Tensor mask, float factor) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().zip(Dense.Binary.MULTIPLY, x, mask, out);
    if (factor != 1) {
      tape.backend().dense().affine(factor, out, 0, out);
    }
    return out;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    x.addGradient(masked(tape, outputGradient, mask, factor));
  }
}
