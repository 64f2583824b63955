package dev.wta.models.layer;

import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * Max-pooling of each map. Only the maximum of a window gets the window's gradient.
 *
 * @param maps {@code (samples, maps, height, width)}
 * @param argmax of the output's shape: where in its map each maximum stands
 * @param output {@code (samples, maps, ceil(height / stride), ceil(width / stride))}
 */
public record MaxPoolLayer(Variable maps, Tensor argmax, Variable output) implements Operation {

  public static Variable run(Tape tape, Variable maps, Pool pool) {
    Shape whole = maps.shape();
    Shape pooled =
        Shape.of(
            whole.rows(),
            whole.extent(1),
            pool.outputExtent(whole.extent(2)),
            pool.outputExtent(whole.extent(3)));
    Tensor maxima = tape.temporary(pooled);
    Tensor argmax = tape.temporary(pooled);
    tape.backend().convolution().maxPool(maps.value(), pool, maxima, argmax);
    Variable output = tape.result(maxima, maps);
    tape.record(new MaxPoolLayer(maps, argmax, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(maps.shape());
    tape.backend().convolution().maxPoolGradient(outputGradient, argmax, gradient);
    maps.addGradient(gradient);
  }
}
