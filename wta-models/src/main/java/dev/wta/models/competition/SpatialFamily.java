package dev.wta.models.competition;

import dev.wta.api.Arguments;
import java.util.List;

/** Makes {@link Spatial} from its text. */
public final class SpatialFamily implements CompetitionFamily {

  @Override
  public String name() {
    return "spatial";
  }

  @Override
  public String example() {
    return "spatial";
  }

  @Override
  public Competition create(List<Double> arguments) {
    Arguments.none(arguments);
    return new Spatial();
  }
}
