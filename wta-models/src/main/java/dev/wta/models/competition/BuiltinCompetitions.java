package dev.wta.models.competition;

import java.util.List;

/** The competitions of this jar. */
public final class BuiltinCompetitions implements CompetitionProvider {
  @Override
  public List<CompetitionFamily> families() {
    return List.of(
        new CompetitionFamily("lifetime", "lifetime(0.05)", call -> new Lifetime(call.number())),
        new CompetitionFamily("topk", "topk(32)", call -> new TopK(call.wholeNumber())),
        new CompetitionFamily(
            "batchtopk", "batchtopk(32)", call -> new BatchTopK(call.wholeNumber())),
        CompetitionFamily.withoutArguments("spatial", new Spatial()),
        CompetitionFamily.withoutArguments("none", new None()));
  }
}
