package dev.wta.models.competition;

import dev.wta.api.Arguments;
import java.util.List;

/** Makes {@link Lifetime} from its text. */
public final class LifetimeFamily implements CompetitionFamily {

  @Override
  public String name() {
    return "lifetime";
  }

  @Override
  public String example() {
    return "lifetime(0.05)";
  }

  @Override
  public Competition create(List<Double> arguments) {
    return new Lifetime(Arguments.real(arguments));
  }
}
