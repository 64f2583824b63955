package dev.wta.api.reference;

import dev.wta.api.op.Gradient;

/** A gradient, dense or factored, as plain numbers. */
final class DenseGradient {
  private DenseGradient() {}

  /** The {@code size} elements of {@code gradient}, unit-major like the parameter. */
  static double[] of(Gradient gradient, int size, ReferenceMemory memory) {
    double[] elements = new double[size];
    switch (gradient) {
      case Gradient.Dense dense -> {
        ReferenceTensor values = memory.own(dense.values());
        for (int i = 0; i < size; i++) {
          elements[i] = values.get(i);
        }
      }
      case Gradient.Factored factored -> {
        for (Gradient.Term term : factored.terms()) {
          add(term, elements, memory);
        }
      }
    }
    return elements;
  }

  private static void add(Gradient.Term term, double[] elements, ReferenceMemory memory) {
    ReferenceWinners winners = memory.own(term.winners());
    ReferenceTensor coefficient = memory.own(term.coefficients());
    ReferenceTensor batch = memory.own(term.batch());
    int width = elements.length / Math.max(1, winners.units());
    for (int w = 0; w < winners.count(); w++) {
      int row = winners.unit(w) * width;
      double scale = coefficient.get(w);
      Taps.of(
          winners,
          w,
          term.window(),
          batch.shape(),
          (element, weight, count) -> {
            for (int t = 0; t < count; t++) {
              elements[row + weight + t] += scale * batch.get(element + t);
            }
          });
    }
  }
}
