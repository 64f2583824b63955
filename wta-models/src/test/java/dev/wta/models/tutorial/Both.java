package dev.wta.models.tutorial;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.models.competition.Competition;
import dev.wta.models.competition.CompetitionFamily;
import java.util.List;
import java.util.Optional;

// README: competition
/**
 * A competition of one's own: a winner is among its sample's k largest and, of those, in its unit's
 * share.
 */
public record Both(int k, double rate) implements Competition {

  @Override
  public Optional<SelectionRule> rule(Shape code) {
    SelectionRule ofSample = new SelectionRule.PerSample(k);
    return Optional.of(
        ofSample.then(new SelectionRule.Lifetime(SelectionRule.winnersAt(rate, code.rows()))));
  }

  @Override
  public String text() {
    return "both(" + k + ", " + rate + ")";
  }

  /** Listed by the jar's CompetitionProvider. */
  public static final CompetitionFamily FAMILY =
      new CompetitionFamily(
          "both",
          "both(32, 0.05)",
          call -> {
            List<Double> numbers = call.numbers(2);
            return new Both(numbers.get(0).intValue(), numbers.get(1));
          });
}
// README: end
