package dev.wta.api.reference;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;

/** A gradient, dense or factored, as plain numbers. */
final class DenseGradient {
  private DenseGradient() {}

  /** The {@code size} elements of {@code gradient}, unit-major like the parameter. */
  static double[] of(Gradient gradient, int size, ReferenceMemory memory) {
    double[] spelt = new double[size];
    switch (gradient) {
      case Gradient.Dense dense -> {
        ReferenceTensor values = memory.mine(dense.values());
        for (int i = 0; i < size; i++) {
          spelt[i] = values.get(i);
        }
      }
      case Gradient.Factored factored -> {
        for (Gradient.Term term : factored.terms()) {
          add(term, spelt, memory);
        }
      }
    }
    return spelt;
  }

  private static void add(Gradient.Term term, double[] spelt, ReferenceMemory memory) {
    ReferenceWinners winners = memory.mine(term.winners());
    ReferenceTensor coefficient = memory.mine(term.coefficients());
    ReferenceTensor batch = memory.mine(term.batch());
    for (int w = 0; w < winners.count(); w++) {
      int unit = winners.unit(w);
      double scale = coefficient.get(w);
      if (term.window().isEmpty()) {
        int inputs = batch.shape().rowSize();
        for (int j = 0; j < inputs; j++) {
          spelt[unit * inputs + j] += scale * batch.get(winners.sample(w), j);
        }
      } else {
        Window window = term.window().get();
        int channels = batch.shape().extent(1);
        Taps.of(
            winners,
            w,
            window,
            batch.shape(),
            (pixel, c, i, j) -> {
              int element = ((unit * channels + c) * window.height() + i) * window.width() + j;
              spelt[element] += scale * batch.get(pixel);
            });
      }
    }
  }
}
