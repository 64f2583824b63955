package dev.wta.reproduce;

import java.util.Optional;

/**
 * A row of a table: a system, what is reported of it, and how it is measured here.
 *
 * @param system the name, unlike that of every other row of its table
 * @param reported empty where nothing is reported
 * @param note what else there is to say, such as others' figures; may be empty
 * @param experiment empty for a system that is only quoted
 */
public record Row(
    String system, Optional<Reported> reported, String note, Optional<Experiment> experiment) {

  /** What measures a row. */
  @FunctionalInterface
  public interface Experiment {
    /**
     * Measures.
     *
     * @return empty where the scale has too few samples for it
     */
    Optional<Measured> run(Laboratory laboratory);
  }

  /** A system that is quoted and not measured. */
  public static Row quoted(String system, Reported reported) {
    return new Row(system, Optional.of(reported), "", Optional.empty());
  }

  /** A system that is measured. */
  public static Row measured(String system, Reported reported, Experiment experiment) {
    return new Row(system, Optional.of(reported), "", Optional.of(experiment));
  }

  /** The same with a note. */
  public Row noting(String text) {
    return new Row(system, reported, text, experiment);
  }
}
