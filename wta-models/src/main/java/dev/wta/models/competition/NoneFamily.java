package dev.wta.models.competition;

import dev.wta.api.Arguments;
import java.util.List;

/** Makes {@link None} from its text. */
public final class NoneFamily implements CompetitionFamily {

  @Override
  public String name() {
    return "none";
  }

  @Override
  public String example() {
    return "none";
  }

  @Override
  public Competition create(List<Double> arguments) {
    Arguments.none(arguments);
    return new None();
  }
}
