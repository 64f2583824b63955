package dev.wta.api.reference;

import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/** Operations on winners, a winner at a time. */
final class ReferenceSparse implements Sparse {
  private final ReferenceMemory memory;

  ReferenceSparse(ReferenceMemory memory) {
    this.memory = memory;
  }

  @Override
  public void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out) {
    SparseOperands.decode(winners, coefficients, weights, bias, out);
    ReferenceWinners code = memory.mine(winners);
    ReferenceTensor coefficient = memory.mine(coefficients);
    ReferenceTensor matrix = memory.mine(weights);
    ReferenceTensor decoded = memory.mine(out);
    int outputs = decoded.shape().rowSize();
    double[] sums = biased(bias, decoded.shape().rows(), outputs, 1);
    for (int w = 0; w < code.count(); w++) {
      for (int j = 0; j < outputs; j++) {
        sums[code.sample(w) * outputs + j] +=
            (double) coefficient.get(w) * matrix.get(code.unit(w), j);
      }
    }
    decoded.store(sums);
  }

  @Override
  public void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images) {
    SparseOperands.decodeMaps(winners, coefficients, filters, window, bias, images);
    ReferenceWinners code = memory.mine(winners);
    ReferenceTensor coefficient = memory.mine(coefficients);
    ReferenceTensor kernel = memory.mine(filters);
    ReferenceTensor decoded = memory.mine(images);
    int pixels = decoded.shape().extent(2) * decoded.shape().extent(3);
    double[] sums = biased(bias, decoded.shape().rows(), decoded.shape().extent(1), pixels);
    for (int w = 0; w < code.count(); w++) {
      int winner = w;
      Taps.of(
          code,
          w,
          window,
          decoded.shape(),
          (pixel, c, i, j) ->
              sums[pixel] +=
                  (double) coefficient.get(winner) * kernel.get(code.unit(winner), c, i, j));
    }
    decoded.store(sums);
  }

  @Override
  public void codeGradient(
      Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients) {
    SparseOperands.codeGradient(winners, outGradient, weights, coefficients);
    ReferenceWinners code = memory.mine(winners);
    ReferenceTensor slopes = memory.mine(outGradient);
    ReferenceTensor matrix = memory.mine(weights);
    ReferenceTensor coefficient = memory.mine(coefficients);
    for (int w = 0; w < code.count(); w++) {
      double sum = 0;
      for (int j = 0; j < slopes.shape().rowSize(); j++) {
        sum += (double) slopes.get(code.sample(w), j) * matrix.get(code.unit(w), j);
      }
      coefficient.set(w, (float) sum);
    }
  }

  @Override
  public void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients) {
    SparseOperands.codeGradientMaps(winners, imageGradient, filters, window, coefficients);
    ReferenceWinners code = memory.mine(winners);
    ReferenceTensor slopes = memory.mine(imageGradient);
    ReferenceTensor kernel = memory.mine(filters);
    ReferenceTensor coefficient = memory.mine(coefficients);
    double[] sums = new double[code.count()];
    for (int w = 0; w < code.count(); w++) {
      int winner = w;
      Taps.of(
          code,
          w,
          window,
          slopes.shape(),
          (pixel, c, i, j) ->
              sums[winner] += (double) slopes.get(pixel) * kernel.get(code.unit(winner), c, i, j));
    }
    coefficient.store(sums);
  }

  @Override
  public void spellOut(Gradient.Factored gradient, float beta, Tensor out) {
    SparseOperands.spellOut(gradient, out);
    ReferenceTensor target = memory.mine(out);
    double[] spelt = DenseGradient.of(gradient, target.count(), memory);
    for (int i = 0; i < spelt.length; i++) {
      double before = beta == 0 ? 0 : (double) beta * target.get(i);
      target.set(i, (float) (before + spelt[i]));
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    SparseOperands.unitSums(winners, coefficients, out);
    ReferenceWinners code = memory.mine(winners);
    ReferenceTensor coefficient = memory.mine(coefficients);
    double[] sums = new double[code.units()];
    for (int w = 0; w < code.count(); w++) {
      sums[code.unit(w)] += coefficient.get(w);
    }
    memory.mine(out).store(sums);
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    SparseOperands.scatter("scatter", winners, coefficients, code);
    ReferenceWinners sparse = memory.mine(winners);
    ReferenceTensor coefficient = memory.mine(coefficients);
    ReferenceTensor dense = memory.mine(code);
    for (int i = 0; i < dense.count(); i++) {
      dense.set(i, 0);
    }
    for (int w = 0; w < sparse.count(); w++) {
      dense.set(sparse.index(w), coefficient.get(w));
    }
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    SparseOperands.scatter("gather", winners, coefficients, code);
    ReferenceWinners sparse = memory.mine(winners);
    ReferenceTensor coefficient = memory.mine(coefficients);
    ReferenceTensor dense = memory.mine(code);
    for (int w = 0; w < sparse.count(); w++) {
      coefficient.set(w, dense.get(sparse.index(w)));
    }
  }

  /** {@code rows x channels x pixels} numbers, each its channel's bias. */
  private double[] biased(Optional<Tensor> bias, int rows, int channels, int pixels) {
    double[] values = new double[rows * channels * pixels];
    if (bias.isPresent()) {
      ReferenceTensor offsets = memory.mine(bias.get());
      for (int i = 0; i < values.length; i++) {
        values[i] = offsets.get(i / pixels % channels);
      }
    }
    return values;
  }
}
