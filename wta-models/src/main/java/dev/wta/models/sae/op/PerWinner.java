package dev.wta.models.sae.op;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import java.util.Optional;

/** Gathers a value per unit for each winner. */
public final class PerWinner {
  private PerWinner() {}

  /**
   * {@code out[w] = ofUnits[unit(w)]}: the code's gradient of a reconstruction of one number each,
   * all of them 1.
   *
   * @param ofUnits {@code (units)}
   * @return {@code (capacity)}
   */
  public static Tensor of(Tape tape, Winners winners, Tensor ofUnits) {
    Tensor ones = tape.temporary(Shape.of(winners.samples(), 1));
    Tensor out = tape.temporary(Shape.of(winners.capacity()));
    tape.backend().memory().fill(ones, 1);
    tape.backend()
        .sparse()
        .codeGradient(
            winners, ones, ofUnits.reshape(Shape.of(winners.units(), 1)), Optional.empty(), out);
    return out;
  }
}
