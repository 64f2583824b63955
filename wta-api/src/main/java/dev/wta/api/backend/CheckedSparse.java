package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/** The operations on winners of a backend, checked. */
record CheckedSparse(Sparse sparse, OneThread thread) implements Sparse {
  @Override
  public void decode(
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out) {
    try (var _ = thread.hold()) {
      WinnersOperand code = WinnersOperand.open("decode", winners);
      code.coefficients(coefficients);
      Operand matrix = code.weights("out", out, weights, window);
      matrix.bias(bias, window.isPresent() ? weights.shape().extent(1) : weights.shape().rowSize());
      sparse.decode(winners, coefficients, weights, window, bias, out);
    }
  }

  @Override
  public void codeGradient(
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients) {
    try (var _ = thread.hold()) {
      WinnersOperand code = WinnersOperand.open("codeGradient", winners);
      code.coefficients(coefficients);
      code.weights("outGradient", outGradient, weights, window);
      sparse.codeGradient(winners, outGradient, weights, window, coefficients);
    }
  }

  @Override
  public void materialise(Gradient.Factored gradient, float beta, Tensor out) {
    try (var _ = thread.hold()) {
      WinnersOperand.gradient(gradient, Operand.open("materialise", "out", out));
      sparse.materialise(gradient, beta, out);
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    try (var _ = thread.hold()) {
      Operand slots = WinnersOperand.open("unitSums", winners).coefficients(coefficients);
      Operand.open("unitSums", "out", out).size(winners.units(), slots);
      sparse.unitSums(winners, coefficients, out);
    }
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    try (var _ = thread.hold()) {
      WinnersOperand from = WinnersOperand.open("scatter", winners);
      from.coefficients(coefficients);
      from.sameCode("code", code);
      sparse.scatter(winners, coefficients, code);
    }
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    try (var _ = thread.hold()) {
      WinnersOperand to = WinnersOperand.open("gather", winners);
      to.coefficients(coefficients);
      to.sameCode("code", code);
      sparse.gather(winners, code, coefficients);
    }
  }
}
