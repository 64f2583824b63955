package dev.wta.models.competition;

import dev.wta.api.Rule;
import dev.wta.api.Shape;
import java.util.Optional;

/** Two competitions, the second among those that survive the first. */
public record Then(Competition first, Competition second) implements Competition {

  @Override
  public Optional<Rule> rule(Shape code) {
    Optional<Rule> among = second.rule(first.survivors(code));
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
