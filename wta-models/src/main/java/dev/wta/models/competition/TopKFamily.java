package dev.wta.models.competition;

import dev.wta.api.Arguments;
import java.util.List;

/** Makes {@link TopK} from its text. */
public final class TopKFamily implements CompetitionFamily {

  @Override
  public String name() {
    return "topk";
  }

  @Override
  public String example() {
    return "topk(32)";
  }

  @Override
  public Competition create(List<Double> arguments) {
    return new TopK(Arguments.whole(arguments));
  }
}
