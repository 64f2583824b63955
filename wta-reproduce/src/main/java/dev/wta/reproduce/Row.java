package dev.wta.reproduce;

import java.util.Optional;
import java.util.Set;

/**
 * A row of a table: a system, what is reported of it, and how it is measured here.
 *
 * @param system the name, unlike that of every other row of its table
 * @param reported empty where nothing is reported
 * @param note what else there is to say, such as others' figures; may be empty
 * @param scales at which it is measured: others would not do it justice, or take too long
 * @param representation what it judges; empty for a system that is only quoted, or that learns
 *     nothing
 * @param experiment empty for a system that is only quoted
 */
public record Row(
    String system,
    Optional<Reported> reported,
    String note,
    Set<ExperimentScale> scales,
    Optional<Representation> representation,
    Optional<Experiment> experiment) {
  public Row {
    scales = Set.copyOf(scales);
  }

  /** What measures a row, such as {@code Laboratory::errorOfSamples}. */
  @FunctionalInterface
  public interface Experiment {
    /**
     * Measures.
     *
     * @return empty where the scale has too few samples for it
     */
    Optional<Measured> run(Laboratory laboratory);
  }

  /** What measures a row by its representation, such as {@code Laboratory::error}. */
  @FunctionalInterface
  public interface Judgement {
    /**
     * Measures.
     *
     * @param representation the row's
     * @return empty where the scale has too few samples for it
     */
    Optional<Measured> of(Laboratory laboratory, Representation representation);
  }

  /** A system that is quoted and not measured. */
  public static Row quoted(String system, Reported reported) {
    return new Row(
        system,
        Optional.of(reported),
        "",
        Set.of(ExperimentScale.values()),
        Optional.empty(),
        Optional.empty());
  }

  /** A system that the paper says nothing of, measured for comparison without a training. */
  public static Row unreported(String system, Experiment experiment) {
    return new Row(
        system,
        Optional.empty(),
        "",
        Set.of(ExperimentScale.values()),
        Optional.empty(),
        Optional.of(experiment));
  }

  /**
   * A system that is measured. What was measured of it is kept as long as the representation stays
   * the same, so an experiment of other figures needs another name of the system.
   */
  public static Row measured(
      String system, Reported reported, Representation representation, Judgement judgement) {
    return new Row(
        system,
        Optional.of(reported),
        "",
        Set.of(ExperimentScale.values()),
        Optional.of(representation),
        Optional.of(laboratory -> judgement.of(laboratory, representation)));
  }

  /** The same with a note. */
  public Row noting(String text) {
    return new Row(system, reported, text, scales, representation, experiment);
  }

  /** The same, measured at these scales alone. */
  public Row only(ExperimentScale... some) {
    return new Row(system, reported, note, Set.of(some), representation, experiment);
  }

  /** Whether it is measured at a scale. */
  public boolean isMeasuredAt(ExperimentScale scale) {
    return experiment.isPresent() && scales.contains(scale);
  }
}
