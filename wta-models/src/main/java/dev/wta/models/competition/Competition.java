package dev.wta.models.competition;

import dev.wta.api.WtaException;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/**
 * A competition: which activations of a code a training step keeps. A value: a record, equal where
 * its numbers are.
 */
public interface Competition {

  /**
   * The rule for one batch's code; empty where every activation survives. Asked anew for each
   * batch, so that a rate keeps its meaning in a short last batch.
   *
   * @param code {@code (samples, units[, height, width])}
   */
  Optional<SelectionRule> rule(Shape code);

  /**
   * The shape of a code that holds one element for each activation that can survive, where that is
   * a shape at all: what a rate of a competition among the survivors is a rate of, see {@link
   * #then}. The code's own shape, unless a competition says otherwise.
   *
   * @param code as in {@link #rule}
   */
  default Shape survivors(Shape code) {
    return code;
  }

  /**
   * What of this competition's numbers cannot be kept in a batch of that code, for people; empty
   * where all can.
   *
   * @param code as in {@link #rule}
   */
  default Optional<String> note(Shape code) {
    return Optional.empty();
  }

  /**
   * Checks that a sample has as many activations as this competition keeps of it.
   *
   * @param k the activations that a sample keeps
   * @throws WtaException that names this competition and the number of activations
   */
  default void requireAtMost(int k, Shape code) {
    if (k > code.rowSize()) {
      throw new WtaException(
          "'competition' is %s, and a sample's code has %,d units"
              .formatted(text(), code.rowSize()),
          "keep at most so many, or give the model more units");
    }
  }

  /** This competition, and {@code next} among those that survive it. */
  default Competition then(Competition next) {
    return new Then(this, next);
  }

  /**
   * The competition as configurations name it, such as {@code lifetime(0.05)}; {@link
   * Competitions#parse} reads it.
   */
  String text();
}
