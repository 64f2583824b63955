package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/** The operations on winners of a backend, for one thread at a time. */
record CheckedSparse(Sparse sparse, OneThread thread) implements Sparse {
  @Override
  public void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out) {
    try (var _ = thread.hold()) {
      sparse.decode(winners, coefficients, weights, bias, out);
    }
  }

  @Override
  public void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images) {
    try (var _ = thread.hold()) {
      sparse.decodeMaps(winners, coefficients, filters, window, bias, images);
    }
  }

  @Override
  public void codeGradient(
      Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients) {
    try (var _ = thread.hold()) {
      sparse.codeGradient(winners, outGradient, weights, coefficients);
    }
  }

  @Override
  public void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients) {
    try (var _ = thread.hold()) {
      sparse.codeGradientMaps(winners, imageGradient, filters, window, coefficients);
    }
  }

  @Override
  public void spellOut(Gradient.Factored gradient, float beta, Tensor out) {
    try (var _ = thread.hold()) {
      sparse.spellOut(gradient, beta, out);
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    try (var _ = thread.hold()) {
      sparse.unitSums(winners, coefficients, out);
    }
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    try (var _ = thread.hold()) {
      sparse.scatter(winners, coefficients, code);
    }
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    try (var _ = thread.hold()) {
      sparse.gather(winners, code, coefficients);
    }
  }
}
