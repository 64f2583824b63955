package dev.wta.models.tutorial;

import dev.wta.models.competition.CompetitionFamily;
import dev.wta.models.competition.CompetitionProvider;
import java.util.List;

/** Named in META-INF/services/dev.wta.models.competition.CompetitionProvider. */
public final class MyCompetitions implements CompetitionProvider {
  @Override
  public List<CompetitionFamily> families() {
    return List.of(Both.FAMILY);
  }
}
