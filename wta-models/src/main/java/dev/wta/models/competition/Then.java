package dev.wta.models.competition;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/** Two competitions, the second among those that survive the first. */
public record Then(Competition first, Competition second) implements Competition {

  @Override
  public Optional<SelectionRule> rule(Shape code) {
    Optional<SelectionRule> among = second.rule(first.survivors(code));
    return first.rule(code).map(rule -> among.map(rule::then).orElse(rule)).or(() -> among);
  }

  @Override
  public Optional<String> note(Shape code) {
    return first.note(code).or(() -> second.note(first.survivors(code)));
  }

  @Override
  public Shape survivors(Shape code) {
    return second.survivors(first.survivors(code));
  }

  @Override
  public String text() {
    return first.text() + " then " + second.text();
  }
}
