package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.fuzz.Shapes.Geometry;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Random gradients in factors: one term, tied ones, and some of different winners and batches. */
final class Factors {
  private Factors() {}

  /** A parameter and the terms of its gradient. */
  record Parameter(Shape shape, List<TwinTerm> factors) {
    Gradient.Factored gradient(Side side) {
      return new Gradient.Factored(factors.stream().map(side::term).toList());
    }

    /** The most terms that one element of the gradient can be the sum of. */
    long terms() {
      return factors.stream().mapToLong(term -> term.winners().capacity()).sum();
    }
  }

  static Parameter of(Trial t) {
    return t.choices().flag("maps") ? filters(t) : weights(t);
  }

  private static Parameter weights(Trial t) {
    Choices choices = t.choices();
    Shape code = Shape.of(choices.extents(choices.budget(Shapes.CODE / 2), "samples", "units"));
    TwinWinners winners = SparseCodes.of(t, code);
    int rows = Math.max(winners.capacity(), Math.max(code.rows(), code.extent(1)));
    int width = choices.extent("width", Shapes.PRODUCTS / 8 / Math.max(1, rows));
    List<TwinTerm> terms = new ArrayList<>();
    int count = choices.between("terms", 1, 3);
    terms.add(term(t, 1, winners, Shape.of(code.rows(), width), Optional.empty()));
    for (int number = 2; number <= count; number++) {
      boolean others = choices.flag("otherWinners" + number);
      int samples = others ? code.rows() + choices.between("more" + number, 0, 9) : code.rows();
      TwinWinners own =
          others
              ? SparseCodes.uploaded(t, "winners" + number, Shape.of(samples, code.extent(1)))
              : winners;
      terms.add(term(t, number, own, Shape.of(samples, width), Optional.empty()));
    }
    return new Parameter(Shape.of(code.extent(1), width), terms);
  }

  private static Parameter filters(Trial t) {
    Geometry g = SparseCases.maps(t);
    TwinWinners winners = SparseCodes.of(t, g.code());
    List<TwinTerm> terms = new ArrayList<>();
    int count = t.choices().between("terms", 1, 3);
    terms.add(term(t, 1, winners, g.images(), Optional.of(g.window())));
    for (int number = 2; number <= count; number++) {
      if (t.choices().pick("dense" + number, List.of(0, 0, 0, 1)) == 1) {
        // A fully-connected term of the same parameter, as if its row were no window.
        Shape code = Shape.of(1 + number, g.filters().rows());
        Shape batch = Shape.of(1 + number, g.filters().rowSize());
        terms.add(
            term(
                t,
                number,
                SparseCodes.uploaded(t, "winners" + number, code),
                batch,
                Optional.empty()));
      } else {
        TwinWinners own =
            t.choices().flag("otherWinners" + number)
                ? SparseCodes.uploaded(t, "winners" + number, g.code())
                : winners;
        terms.add(term(t, number, own, g.images(), Optional.of(g.window())));
      }
    }
    return new Parameter(g.filters(), terms);
  }

  private static TwinTerm term(
      Trial t, int number, TwinWinners winners, Shape batch, Optional<Window> window) {
    return new TwinTerm(
        winners,
        SparseCodes.coefficients(t, "coefficients" + number, winners),
        t.input("batch" + number, batch),
        window);
  }
}
