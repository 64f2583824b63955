package com.example;

import dev.wta.models.competition.CompetitionFamily;
import dev.wta.models.competition.CompetitionProvider;
import java.util.List;

/** Named in META-INF/services/dev.wta.models.competition.CompetitionProvider. */
public final class ExampleCompetitions implements CompetitionProvider {
  @Override
  public List<CompetitionFamily> families() {
    return List.of(Density.FAMILY);
  }
}
