package com.example;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.CompetitionFamily;
import java.util.Optional;

/**
 * A mini-batch keeps the largest share of all its activations, whichever samples and units they
 * belong to: {@code density(0.02)}.
 *
 * @param rate the share that survives, in (0, 1]
 */
public record Density(double rate) implements Competition {
  public Density {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("a density is above 0 and at most 1, not " + rate);
    }
  }

  @Override
  public Optional<SelectionRule> rule(Shape code) {
    return Optional.of(
        new SelectionRule.Global(SelectionRule.winnersAt(rate, Math.toIntExact(code.size()))));
  }

  @Override
  public String text() {
    return "density(" + rate + ")";
  }

  /** Reads {@code density(...)} from a configuration. */
  public static final CompetitionFamily FAMILY =
      new CompetitionFamily(
          "density", "density(0.02)", call -> new Density(call.numbers(1).getFirst()));
}
