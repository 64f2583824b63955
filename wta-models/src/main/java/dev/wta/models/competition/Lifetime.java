package dev.wta.models.competition;

import dev.wta.api.Rule;
import dev.wta.api.Shape;
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
  public Optional<Rule> rule(Shape code) {
    int group = code.extent(1) == 0 ? 0 : Math.toIntExact(code.size() / code.extent(1));
    return Optional.of(new Rule.PerColumn(Rule.winnersAt(rate, group)));
  }

  @Override
  public String text() {
    return "lifetime(" + rate + ")";
  }
}
