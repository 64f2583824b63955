package dev.wta.api.reference;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
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
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out) {
    ReferenceWinners code = memory.own(winners);
    ReferenceTensor coefficient = memory.own(coefficients);
    ReferenceTensor matrix = memory.own(weights);
    ReferenceTensor decoded = memory.own(out);
    Shape shape = decoded.shape();
    int pixels = window.isPresent() ? shape.extent(2) * shape.extent(3) : 1;
    double[] sums = biased(bias, decoded.count(), pixels);
    for (int w = 0; w < code.count(); w++) {
      double scale = coefficient.get(w);
      int unit = code.unit(w);
      Taps.of(
          code,
          w,
          window,
          shape,
          (element, weight, count) -> {
            for (int t = 0; t < count; t++) {
              sums[element + t] += scale * matrix.get(unit, weight + t);
            }
          });
    }
    decoded.store(sums);
  }

  @Override
  public void codeGradient(
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients) {
    ReferenceWinners code = memory.own(winners);
    ReferenceTensor slopes = memory.own(outGradient);
    ReferenceTensor matrix = memory.own(weights);
    double[] sums = new double[code.count()];
    for (int w = 0; w < sums.length; w++) {
      int winner = w;
      int unit = code.unit(w);
      Taps.of(
          code,
          w,
          window,
          slopes.shape(),
          (element, weight, count) -> {
            double sum = sums[winner];
            for (int t = 0; t < count; t++) {
              sum += (double) slopes.get(element + t) * matrix.get(unit, weight + t);
            }
            sums[winner] = sum;
          });
    }
    memory.own(coefficients).store(sums);
  }

  @Override
  public void materialise(Gradient.Factored gradient, float beta, Tensor out) {
    ReferenceTensor target = memory.own(out);
    double[] dense = DenseGradient.of(gradient, target.count(), memory);
    for (int i = 0; i < dense.length; i++) {
      double before = beta == 0 ? 0 : (double) beta * target.get(i);
      target.set(i, (float) (before + dense[i]));
    }
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    ReferenceWinners code = memory.own(winners);
    ReferenceTensor coefficient = memory.own(coefficients);
    double[] sums = new double[code.units()];
    for (int w = 0; w < code.count(); w++) {
      sums[code.unit(w)] += coefficient.get(w);
    }
    memory.own(out).store(sums);
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    ReferenceWinners sparse = memory.own(winners);
    ReferenceTensor coefficient = memory.own(coefficients);
    ReferenceTensor dense = memory.own(code);
    for (int i = 0; i < dense.count(); i++) {
      dense.set(i, 0);
    }
    for (int w = 0; w < sparse.count(); w++) {
      dense.set(sparse.index(w), coefficient.get(w));
    }
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    ReferenceWinners sparse = memory.own(winners);
    ReferenceTensor coefficient = memory.own(coefficients);
    ReferenceTensor dense = memory.own(code);
    for (int w = 0; w < sparse.count(); w++) {
      coefficient.set(w, dense.get(sparse.index(w)));
    }
  }

  /**
   * {@code count} numbers, each the bias of its output or channel; a channel has {@code pixels}.
   */
  private double[] biased(Optional<Tensor> bias, int count, int pixels) {
    double[] values = new double[count];
    if (bias.isPresent()) {
      ReferenceTensor offsets = memory.own(bias.get());
      for (int i = 0; i < values.length; i++) {
        values[i] = offsets.get(i / pixels % offsets.count());
      }
    }
    return values;
  }
}
