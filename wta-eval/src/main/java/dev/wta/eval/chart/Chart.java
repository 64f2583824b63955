package dev.wta.eval.chart;

import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A chart. It adapts to light and dark pages, scales with the space it is given, distinguishes its
 * series without colour, and describes in words what it shows.
 *
 * <p>A page that holds it may set the CSS variables {@code --chart-ink}, {@code --chart-grid} and
 * {@code --chart-1} to {@code --chart-6}; without them the chart follows the reader's colour
 * scheme.
 */
public sealed interface Chart permits LineChart, ScatterChart, BarChart, Histogram {
  String title();

  /** The chart as one {@code <svg>} element: a file of its own, or a part of a page. */
  String svg();

  /**
   * Writes the chart as a file of its own, which appears once it is whole.
   *
   * @throws WtaException if it cannot be written
   */
  default void write(Path file) {
    try (AtomicFile out = AtomicFile.create(file)) {
      out.write(svg());
      out.commit();
    } catch (IOException failed) {
      throw new WtaException(
          "cannot write the chart to %s: %s".formatted(file, failed.getMessage()),
          "choose another place",
          failed);
    }
  }
}
