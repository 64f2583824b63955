package dev.wta.eval.report;

import dev.wta.eval.report.html.ChartFigures;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The section with the training curves. */
final class TrainingSection {
  /**
   * What people call what the trainer logs, with its unit; a model's own numbers keep their names.
   */
  private static final Map<String, String> TITLES =
      Map.of(
          "loss", "Loss",
          "explainedVariance", "Explained variance",
          "winnersPerSample", "Winners a sample",
          "imagesPerSecond", "Samples a second",
          "readPerSecond", "Samples read a second",
          "readWaitSeconds", "Seconds waited for data",
          "rate", "Learning rate");

  /** Logged, and of no use as a curve over steps. */
  static final Set<String> LEFT_OUT = Set.of("epoch");

  private TrainingSection() {}

  /**
   * The section.
   *
   * @param id its anchor
   */
  static Element section(String id, String heading, MetricsHistory history) {
    if (history.isEmpty()) {
      return Section.of(id, heading, Section.note("Nothing has been logged yet."));
    }
    List<String> names = new ArrayList<>(history.names());
    names.removeAll(LEFT_OUT);
    names.sort((a, b) -> Integer.compare(rank(a), rank(b)));
    Element charts = Element.of("div").with("class", "charts");
    int averaged = 1;
    for (String name : names) {
      MetricsHistory.Column column = history.column(name);
      averaged = Math.max(averaged, column.averaged());
      charts.add(ChartFigures.curve(title(name), name, column.steps(), column.values()));
    }
    String note =
        averaged == 1
            ? "A point for each logging interval."
            : "A point for each %d logging intervals: their mean.".formatted(averaged);
    return Section.of(id, heading, Section.note(note), charts);
  }

  /** What people call a number that was logged. */
  static String title(String name) {
    return TITLES.getOrDefault(name, name);
  }

  /** The place of a curve: the most informative ones come first. */
  private static int rank(String name) {
    return switch (name) {
      case "loss" -> 0;
      case "explainedVariance" -> 1;
      case "winnersPerSample" -> 2;
      case "rate" -> 4;
      case "imagesPerSecond" -> 5;
      case "readPerSecond" -> 6;
      case "readWaitSeconds" -> 7;
      default -> 3;
    };
  }
}
