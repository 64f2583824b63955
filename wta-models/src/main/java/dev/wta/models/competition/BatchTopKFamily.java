package dev.wta.models.competition;

import dev.wta.api.Arguments;
import java.util.List;

/** Makes {@link BatchTopK} from its text. */
public final class BatchTopKFamily implements CompetitionFamily {

  @Override
  public String name() {
    return "batchtopk";
  }

  @Override
  public String example() {
    return "batchtopk(32)";
  }

  @Override
  public Competition create(List<Double> arguments) {
    return new BatchTopK(Arguments.whole(arguments));
  }
}
