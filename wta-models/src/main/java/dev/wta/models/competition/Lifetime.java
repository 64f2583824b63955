package dev.wta.models.competition;

import dev.wta.api.IntSize;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/**
 * Lifetime sparsity (Makhzani and Frey 2015): each unit keeps its {@code max(1, round(rate *
 * samples))} largest activations over the mini-batch, so every unit takes part in learning and none
 * dies.
 *
 * @param rate in (0, 1]
 */
public record Lifetime(double rate) implements Competition {
  public Lifetime {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("a lifetime sparsity rate lies in (0, 1], not " + rate);
    }
  }

  @Override
  public Optional<SelectionRule> rule(Shape code) {
    return Optional.of(new SelectionRule.Lifetime(SelectionRule.winnersAt(rate, group(code))));
  }

  /** A rate of less than one activation. */
  @Override
  public Optional<String> note(Shape code) {
    int group = group(code);
    return group > 0 && Math.round(rate * group) < 1
        ? Optional.of(
            "%s of a unit's %,d activations in a batch is less than one: it keeps one, a rate of %.2g"
                .formatted(text(), group, 1.0 / group))
        : Optional.empty();
  }

  /** The activations of a unit that compete. */
  private static int group(Shape code) {
    return code.extent(1) == 0
        ? 0
        : IntSize.of(code.size() / code.extent(1), "activations of a unit of", code);
  }

  @Override
  public String text() {
    return "lifetime(" + rate + ")";
  }
}
