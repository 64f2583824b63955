package dev.wta.peers.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import java.util.Map;

/**
 * The first steps of wta's own training.
 *
 * @param weights the parameters that do not start at zero
 */
record Training(Model model, Map<String, float[]> weights, Optimizer optimizer) {
  private static final int STEPS = 10;

  /**
   * The loss of each step before its update. Closes the model.
   *
   * @param samples batches of {@code batch}, one after another; they come again when all were seen
   */
  double[] losses(float[] samples, int batch) {
    Backend backend = model.backend();
    int numbers = batch * Math.toIntExact(model.sampleShape().size());
    double[] losses = new double[STEPS];
    try (model;
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(batch, numbers / batch));
        OptimizerState state =
            new OptimizerState(optimizer, backend.update(), backend.memory(), model.parameters())) {
      for (Parameter parameter : model.parameters()) {
        float[] first = weights.get(parameter.name());
        if (first != null) {
          backend.memory().upload(first, 0, parameter.value());
        }
      }
      for (int step = 0; step < STEPS; step++) {
        backend.memory().upload(samples, step * numbers % samples.length, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        losses[step] = output.loss().value();
        tape.backward(output.loss());
        state.step(tape, optimizer.rate(), step + 1);
      }
    }
    return losses;
  }
}
