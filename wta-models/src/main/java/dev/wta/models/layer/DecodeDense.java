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
 * The linear decoder of a dense code, {@code out = code * weights + bias}, perhaps without the
 * bias: what {@link DecodeWinners} is without a competition.
 *
 * @param code {@code (samples, units)}
 * @param weights {@code (units, outputs)}
 * @param bias {@code (outputs)}
 * @param output {@code (samples, outputs)}
 */
public record DecodeDense(Variable code, Variable weights, Optional<Variable> bias, Variable output)
    implements Operation {

  public static Variable run(Tape tape, Variable code, Variable weights, Optional<Variable> bias) {
    Tensor out = tape.temporary(Shape.of(code.shape().rows(), weights.shape().rowSize()));
    Epilogue epilogue = new Epilogue(bias.map(Variable::value), false);
    tape.backend().dense().gemm(code.value(), false, weights.value(), false, 1, 0, epilogue, out);
    Variable output = tape.result(out, code, weights, bias.orElse(weights));
    tape.record(new DecodeDense(code, weights, bias, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    if (code.needsGradient()) {
      Tensor codeGradient = tape.temporary(code.shape());
      dense.gemm(outputGradient, false, weights.value(), true, 1, 0, Epilogue.NONE, codeGradient);
      code.addGradient(codeGradient);
    }
    if (weights.needsGradient()) {
      Tensor weightGradient = tape.temporary(weights.shape());
      dense.gemm(code.value(), true, outputGradient, false, 1, 0, Epilogue.NONE, weightGradient);
      weights.addGradient(weightGradient);
    }
    if (bias.isPresent() && bias.get().needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.get().shape());
      dense.reduceColumns(Dense.Reduction.SUM, outputGradient, biasGradient);
      bias.get().addGradient(biasGradient);
    }
  }
}
