package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * A fully-connected layer, {@code out = x * weights' + bias}, rectified or not, with a bias or
 * without.
 *
 * @param x {@code (samples, inputs)}
 * @param weights {@code (units, inputs)}
 * @param bias {@code (units)}
 * @param output {@code (samples, units)}
 */
public record DenseLayer(
    Variable x, Variable weights, Optional<Variable> bias, boolean relu, Variable output)
    implements Operation {

  public static Variable run(
      Tape tape, Variable x, Variable weights, Optional<Variable> bias, boolean relu) {
    Tensor out = tape.temporary(Shape.of(x.shape().rows(), weights.shape().rows()));
    Epilogue epilogue = new Epilogue(bias.map(Variable::value), relu);
    tape.backend().dense().gemm(x.value(), false, weights.value(), true, 1, 0, epilogue, out);
    Variable output = tape.result(out, x, weights, bias.orElse(weights));
    tape.record(new DenseLayer(x, weights, bias, relu, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor gradient = outputGradient;
    if (relu) {
      gradient = tape.temporary(outputGradient.shape());
      dense.zip(Dense.Binary.RELU_GRADIENT, outputGradient, output.value(), gradient);
    }
    if (weights.needsGradient()) {
      Tensor weightGradient = tape.temporary(weights.shape());
      dense.gemm(gradient, true, x.value(), false, 1, 0, Epilogue.NONE, weightGradient);
      weights.addGradient(weightGradient);
    }
    if (bias.isPresent() && bias.get().needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.get().shape());
      dense.reduceColumns(Dense.Reduction.SUM, gradient, biasGradient);
      bias.get().addGradient(biasGradient);
    }
    if (x.needsGradient()) {
      Tensor inputGradient = tape.temporary(x.shape());
      dense.gemm(gradient, false, weights.value(), false, 1, 0, Epilogue.NONE, inputGradient);
      x.addGradient(inputGradient);
    }
  }
}
