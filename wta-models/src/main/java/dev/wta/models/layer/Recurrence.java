package dev.wta.models.layer;

import dev.wta.api.IntSize;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * A rectified recurrence with a constant drive, {@code z[t + 1] = relu(z[t] + z[t] * weights' +
 * drive)} from {@code z[0] = 0}, and its gradient through time. The states of all iterations lie
 * one below the other, and so do their gradients: the weights' gradient is then one product,
 * however many iterations there are.
 *
 * @param drive {@code (samples, units)}
 * @param weights {@code (units, units)}: what a state adds to the next besides itself
 * @param states {@code (iterations * samples, units)}: {@code z[1]}, {@code z[2]}, ...
 * @param output the last state, {@code (samples, units)}
 */
public record Recurrence(Variable drive, Variable weights, Tensor states, Variable output)
    implements Operation {

  /** The states of an iteration, and what they are part of. */
  private Tensor state(Tensor all, int iteration) {
    int samples = drive.shape().rows();
    return all.rows(iteration * samples, samples);
  }

  /**
   * Runs it.
   *
   * @param iterations at least 1; the weights take part in all but the first
   */
  public static Recurrence run(Tape tape, Variable drive, Variable weights, int iterations) {
    Dense dense = tape.backend().dense();
    int samples = drive.shape().rows();
    Tensor states =
        tape.temporary(
            Shape.of(
                IntSize.of((long) iterations * samples, "states of a batch of", drive.shape()),
                drive.shape().rowSize()));
    Tensor state = states.rows(0, samples);
    dense.map(Dense.Unary.RELU, drive.value(), state);
    for (int t = 1; t < iterations; t++) {
      Tensor next = states.rows(t * samples, samples);
      dense.zip(Dense.Binary.ADD, state, drive.value(), next);
      dense.gemm(state, false, weights.value(), true, 1, 1, Epilogue.RELU, next);
      state = next;
    }
    Recurrence run = new Recurrence(drive, weights, states, tape.result(state, drive, weights));
    tape.record(run);
    return run;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    int samples = drive.shape().rows();
    int iterations = states.shape().rows() / samples;
    Tensor gradients = tape.temporary(states.shape()); // of the sums that are rectified
    Tensor sum = tape.temporary(drive.shape());
    Tensor ofState = outputGradient;
    for (int t = iterations - 1; t >= 0; t--) {
      Tensor gradient = state(gradients, t);
      dense.zip(Dense.Binary.RELU_GRADIENT, ofState, state(states, t), gradient);
      if (t == iterations - 1) {
        tape.backend().memory().copy(gradient, sum);
      } else {
        dense.axpy(1, gradient, sum);
      }
      if (t > 0) {
        ofState = state(gradients, t - 1);
        tape.backend().memory().copy(gradient, ofState);
        dense.gemm(gradient, false, weights.value(), false, 1, 1, Epilogue.NONE, ofState);
      }
    }
    if (drive.needsGradient()) {
      drive.addGradient(sum);
    }
    if (weights.needsGradient() && iterations > 1) {
      int rows = (iterations - 1) * samples;
      Tensor weightGradient = tape.temporary(weights.shape());
      dense.gemm(
          gradients.rows(samples, rows),
          true,
          states.rows(0, rows),
          false,
          1,
          0,
          Epilogue.NONE,
          weightGradient);
      weights.addGradient(weightGradient);
    }
  }
}
