package dev.wta.models.competition;

import java.util.List;

/**
 * The kinds of competition that a jar adds; named in {@code
 * META-INF/services/dev.wta.models.competition.CompetitionProvider}, one line a jar.
 */
public interface CompetitionProvider {
  List<CompetitionFamily> families();
}
