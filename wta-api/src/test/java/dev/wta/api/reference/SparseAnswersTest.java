package dev.wta.api.reference;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SparseAnswersTest extends KnownAnswers {
  private final Sparse sparse = backend.sparse();

  /** Samples 0 and 2 of unit 0, sample 0 of unit 2; nobody of sample 1 and unit 1. */
  private final Winners winners =
      winners(Shape.of(3, 3), new int[] {0, 2, 0}, new int[] {0, 0, 2}, new int[3]);

  /** In the reference, slots follow the canonical order. */
  private final Tensor coefficients = vector(2, 3, -1);

  private final Tensor weights = tensor(Shape.of(3, 2), 1, 2, 10, 20, 100, 200);
  private final Tensor batch = tensor(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);

  @Test
  void decode() {
    Tensor out = output(3, 2);
    sparse.decode(winners, coefficients, weights, Optional.empty(), Optional.empty(), out);
    assertHolds(out, -98, -196, 0, 0, 3, 6);
    sparse.decode(
        winners, coefficients, weights, Optional.empty(), Optional.of(vector(0.5f, -1)), out);
    assertHolds(out, -97.5f, -197, 0.5f, -1, 3.5f, 5);
  }

  @Test
  void codeGradient() {
    Tensor slopes = output(3);
    sparse.codeGradient(winners, batch, weights, Optional.empty(), slopes);
    assertHolds(slopes, 5, 17, 500);
  }

  @Test
  void materialise() {
    Tensor gradient = output(3, 2);
    var term = Gradient.Term.of(winners, coefficients, batch);
    var one = new Gradient.Factored(List.of(term));
    sparse.materialise(one, 0, gradient);
    assertHolds(gradient, 17, 22, 0, 0, -1, -2);
    var tied = new Gradient.Factored(List.of(term, term));
    sparse.materialise(tied, -2, gradient);
    assertHolds(gradient, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void unitSumsScatterAndGather() {
    Tensor sums = output(3);
    sparse.unitSums(winners, coefficients, sums);
    assertHolds(sums, 5, 0, -1);
    Tensor code = output(3, 3);
    sparse.scatter(winners, coefficients, code);
    assertHolds(code, 2, 0, -1, 0, 0, 0, 3, 0, 0);
    Tensor gathered = output(3);
    Tensor numbered = tensor(Shape.of(3, 3), 0, 1, 2, 3, 4, 5, 6, 7, 8);
    sparse.gather(winners, numbered, gathered);
    assertHolds(gathered, 0, 6, 2);
  }

  @Test
  void mapsAreReadAndWrittenThroughTheWindow() {
    Window window = Window.same(3);
    // One image of 2x2, its only map's corner (0, 0): the filter's lower right quarter is inside.
    Winners corner = winners(Shape.of(1, 1, 2, 2), new int[1], new int[1], new int[1]);
    Tensor filter = tensor(Shape.of(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    Tensor image = output(1, 1, 2, 2);
    sparse.decode(corner, vector(2), filter, Optional.of(window), Optional.of(vector(0.5f)), image);
    assertHolds(image, 10.5f, 12.5f, 16.5f, 18.5f);
    Tensor slope = output(1);
    Tensor pixels = tensor(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    sparse.codeGradient(corner, pixels, filter, Optional.of(window), slope);
    assertHolds(slope, 5 + 60 + 800 + 9000);
    Tensor gradient = output(1, 1, 3, 3);
    var term = Gradient.Term.of(corner, vector(2), pixels, window);
    sparse.materialise(new Gradient.Factored(List.of(term)), 0, gradient);
    assertHolds(gradient, 0, 0, 0, 0, 2, 20, 0, 200, 2000);
  }
}
